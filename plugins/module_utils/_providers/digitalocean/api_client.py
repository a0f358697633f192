# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DigitalOcean's API v2 over python-digitalocean's base class. Its errors are lines for people.

Of python-digitalocean 1.17 only BaseAPI is used, for its end point, token and session. Not its get_data, and so none of its classes, as get_data
- knows no status beyond 404 and drops the headers: 429 with Retry-After looks like any other error;
- takes a page that was refused for the end of a list (it merges the error into the result): machines would be made a second time;
- asks for the next page at whatever address the last one names, with the token;
- waits for ever unless an environment variable says otherwise, and reads whatever size of answer.
Droplet.create_multiple moreover returns the action of the first machine only.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Unreachable, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.retry_after import asked_wait, backoff
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import Watch, watched
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import URL, checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.errors import Answer, not_json, refused, too_big, unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._system.rate_limit import PATIENCE, Pace

try:
    import requests
    from digitalocean.baseapi import BaseAPI
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError, NewConnectionError
except ImportError as error:
    MISSING: str | None = str(error)
    BaseAPI = AuthBase = object
else:
    MISSING = None

# the limit is 250 a minute for the whole account; a little is left to others
PER_MINUTE = 240
PER_PAGE = 200
MOST_PAGES = 100
BIGGEST_ANSWER = 16 << 20
ATTEMPTS = 6
TIMEOUT = 30.0
# so many times that, for an answer as a whole: each byte would begin it anew
WHOLE = 3
# a server closes connections that nobody uses; a request on one would be lost, and nobody would know whether it was heard
IDLE = 5.0


class _Bearer(AuthBase):
    """As an object, so that a .netrc of the user doesn't put its own credentials in the place of the token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def checked_token(token: str | None) -> str:
    """Raises InvalidInput without a word of the token, which requests would quote."""
    if not token:
        raise InvalidInput("No token for DigitalOcean is given", fix="set the environment variable DIGITALOCEAN_TOKEN, or digitalocean_token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidInput("The token for DigitalOcean is not valid", why="it holds white space or other characters that no token has",
                           fix="look for a line break at its end")
    return token


class DigitalOceanApi(BaseAPI):
    """Calls raise Unreachable, Refused, ApiError, InvalidInput (422), or Unsure if a request that is not repeatable may have been carried out."""

    def __init__(self, token: str | None, url: str = URL, *, clock: Clock, progress: Callable[[str], None], timeout: float = TIMEOUT) -> None:
        if MISSING:
            raise CaasError("The Python library python-digitalocean can't be used", where=sys.executable, why=MISSING,
                            fix="install it for this Python: pip install python-digitalocean")
        super().__init__(token=checked_token(token), end_point=checked_url(url))
        self.clock, self.progress, self.timeout = clock, progress, timeout
        self.pace = Pace(clock, PER_MINUTE)
        self._used = clock.monotonic()
        for scheme in ("https://", "http://"):
            # repetitions are decided below
            adapter = HTTPAdapter(max_retries=0)
            watched(adapter.poolmanager)
            self._session.mount(scheme, adapter)

    def request(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None, *, repeatable: bool = True) -> dict[str, Any]:
        """The answer's object, {} if it has none. repeatable: twice does no harm."""
        waited, attempt = 0.0, 0
        while True:
            attempt += 1
            self.pace.wait()
            found = self._once(method, path, query, body)
            failure = self._failure(method, path, found)
            if failure is None:
                try:
                    return self._content(method, path, found)
                except Unreachable as misunderstood:
                    failure = misunderstood
            # turned away is not carried out; a connection that never was carried nothing
            if not repeatable and not found.never_arrived and found.status != 429:
                raise Unsure(failure.what, where=failure.where, why=failure.why, fix="run this again: it looks what came of it")
            if found.status in range(200, 300):
                raise failure
            asked = asked_wait(found.headers, self.clock.now())
            pause = backoff(attempt) if asked is None else asked
            if waited + pause > PATIENCE or (attempt >= ATTEMPTS and asked is None):
                raise failure
            if pause >= 1:
                self.progress(f"DigitalOcean: {found.reason}; again in {pause:.0f} s")
            self.clock.sleep(pause)
            waited += pause

    def find(self, path: str) -> dict[str, Any] | None:
        """One thing, None if there is none."""
        try:
            return self.request("GET", path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def pages(self, path: str, key: str, query: dict[str, Any] | None = None) -> Iterator[tuple[list[Any], int | None]]:
        """Each page's list, and how many there are in all as far as the API says. The address in links.pages.next is not followed."""
        for page in range(1, MOST_PAGES + 1):
            answer = self.request("GET", path, {**(query or {}), "per_page": PER_PAGE, "page": page})
            items, links, meta = answer.get(key), answer.get("links"), answer.get("meta")
            if not isinstance(items, list):
                raise self.misunderstood("GET", path, f"it has no list of {key}")
            total = meta.get("total") if isinstance(meta, dict) else None
            yield items, total if isinstance(total, int) else None
            pages = links.get("pages") if isinstance(links, dict) else None
            if not items or not (isinstance(pages, dict) and pages.get("next")):
                return
        raise self.misunderstood("GET", path, f"it has more than {MOST_PAGES} pages")

    def misunderstood(self, method: str, path: str, why: str) -> CaasError:
        return not_json(self.end_point, method, path, why)

    def _once(self, method: str, path: str, query: dict[str, Any] | None, body: Any) -> Answer:
        if self.clock.monotonic() - self._used > IDLE:
            self._session.close()
        url = self.end_point + path + (f"?{urlencode(query)}" if query else "")
        try:
            with Watch(self.timeout * WHOLE) as watch, self._session.request(
                    method, url, data=None if body is None else json.dumps(body), auth=_Bearer(self.token), stream=True,
                    headers={"Content-Type": "application/json", "User-Agent": "kubermatic-caas"},
                    timeout=(min(10.0, self.timeout), self.timeout), allow_redirects=False) as response:
                data = response.raw.read(BIGGEST_ANSWER + 1, decode_content=True)
                watch.must_go_on()
                return Answer(response.status_code, response.headers, data)
        except (requests.RequestException, HTTPError, OSError) as error:
            return Answer(0, {}, b"", error=error, never_arrived=_never_arrived(error))
        finally:
            self._used = self.clock.monotonic()

    def _failure(self, method: str, path: str, answer: Answer) -> CaasError | None:
        """None if there is nothing to repeat. Raises what no repetition mends."""
        if answer.error is not None:
            failure: CaasError = unreachable(self.end_point, answer.error)
            if answer.hopeless:
                raise failure
            return failure
        if answer.status == 429 or answer.status >= 500:
            return Unreachable(f"DigitalOcean did not answer {method} {path}", where=self.end_point, why=answer.reason,
                               fix="look at its status page, and run this again")
        if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
            raise refused(self.end_point, method, path, answer)
        return None

    def _content(self, method: str, path: str, answer: Answer) -> dict[str, Any]:
        if len(answer.data) > BIGGEST_ANSWER:
            raise too_big(self.end_point, method, path, BIGGEST_ANSWER)
        if answer.status == 204 or method == "DELETE":
            return {}
        try:
            content = json.loads(answer.data)
        except (ValueError, RecursionError):
            raise self.misunderstood(method, path, f"it is no JSON, but begins with {answer.data[:40].decode('utf-8', 'replace')!r}") from None
        if not isinstance(content, dict):
            raise self.misunderstood(method, path, "it is no object")
        return content


def _never_arrived(error: BaseException | None) -> bool:
    """True if there was no connection by which the request could have gone."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    while error is not None:
        if isinstance(error, (NewConnectionError, ConnectionRefusedError)):
            return True
        inner = next((part for part in error.args if isinstance(part, BaseException)), None)
        error = getattr(error, "reason", None) if isinstance(getattr(error, "reason", None), BaseException) else inner
    return False
