# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hetzner Cloud's API over hcloud's base class. Its errors are lines for people.

Of hcloud only ClientBase is used, for its end point, headers and session. Not its request, as that
- sends a request again that got no answer in time, also one that makes a machine;
- waits by a clock of its own, and knows neither Retry-After nor how long this run has patience;
- reads whatever size of answer, and follows redirects with the token.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.retry_after import asked_wait, backoff
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import Watch, watched
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.description import URL, checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.errors import Answer, no_answer, not_understood, refused, unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._system.rate_limit import PATIENCE, Pace

try:
    import requests
    from hcloud._client import ClientBase
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError
except ImportError as error:
    MISSING: str | None = str(error)
    ClientBase = object
else:
    MISSING = None

# a project may ask 3600 times an hour, and at once what it saved up; more is told by 429
PER_MINUTE = 240
PER_PAGE = 50
MOST_PAGES = 400
BIGGEST_ANSWER = 16 << 20
ATTEMPTS = 6
TIMEOUT = 30.0
# so many times that, for an answer as a whole: each byte would begin it anew
WHOLE = 3
# a server closes connections that nobody uses; a request on one would be lost, and nobody would know whether it was heard
IDLE = 5.0


def checked_token(token: str | None) -> str:
    """Raises InvalidInput without a word of the token, which requests would quote."""
    if not token:
        raise InvalidInput("No token for Hetzner Cloud is given", fix="set the environment variable HCLOUD_TOKEN, or hetzner_token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidInput("The token for Hetzner Cloud is not valid", why="it holds white space or other characters that no token has",
                           fix="look for a line break at its end")
    return token


class HetznerApi(ClientBase):
    """Calls raise Unreachable, Refused, ApiError or InvalidInput."""

    def __init__(self, token: str | None, url: str = URL, *, clock: Clock, progress: Callable[[str], None], timeout: float = TIMEOUT) -> None:
        if MISSING:
            raise CaasError("The Python library hcloud can't be used", where=sys.executable, why=MISSING,
                            fix="install it for this Python: pip install hcloud")
        super().__init__(checked_token(token), endpoint=checked_url(url), application_name="kubermatic-caas")
        self.url, self.clock, self.progress, self.timeout = checked_url(url), clock, progress, timeout
        self.pace = Pace(clock, PER_MINUTE)
        self._used = clock.monotonic()
        # a .netrc of the user would put its own credentials in the place of the token
        self._session.trust_env = False
        for scheme in ("https://", "http://"):
            # repetitions are decided below
            adapter = HTTPAdapter(max_retries=0)
            watched(adapter.poolmanager)
            self._session.mount(scheme, adapter)

    def send(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> dict[str, Any]:
        """The answer's object, {} if it has none. Sent again if it may go better then: names are unique, so twice does no harm."""
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
            # ratelimit-reset is when a project has saved up all of its requests again; one more is there after a second
            asked = asked_wait({"Retry-After": found.headers.get("Retry-After", "")}, self.clock.now())
            pause = backoff(attempt) if asked is None else asked
            if waited + pause > PATIENCE or (attempt >= ATTEMPTS and asked is None):
                raise failure
            if pause >= 1:
                self.progress(f"Hetzner Cloud: {found.reason}; again in {pause:.0f} s")
            self.clock.sleep(pause)
            waited += pause

    def find(self, path: str) -> dict[str, Any] | None:
        """One thing, None if there is none."""
        try:
            return self.send("GET", path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def all(self, kind: str, query: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Each of a list; kind is its path and its key in the answer."""
        for page in range(1, MOST_PAGES + 1):
            answer = self.send("GET", kind, {**(query or {}), "page": page, "per_page": PER_PAGE})
            items, meta = answer.get(kind), answer.get("meta")
            if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
                raise self.misunderstood("GET", kind, f"it has no list of {kind}")
            yield from items
            pagination = meta.get("pagination") if isinstance(meta, dict) else None
            if not items or not (isinstance(pagination, dict) and pagination.get("next_page")):
                return
        raise self.misunderstood("GET", kind, f"it has more than {MOST_PAGES} pages")

    def misunderstood(self, method: str, path: str, why: str) -> CaasError:
        return not_understood(self.url, method, path, why)

    def _once(self, method: str, path: str, query: dict[str, Any] | None, body: Any) -> Answer:
        if self.clock.monotonic() - self._used > IDLE:
            self._session.close()
        url = f"{self.url}/{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            with Watch(self.timeout * WHOLE) as watch, self._session.request(
                    method, url, data=None if body is None else json.dumps(body), stream=True, headers={**self._headers, "Content-Type": "application/json"},
                    timeout=(min(10.0, self.timeout), self.timeout), allow_redirects=False) as response:
                data = response.raw.read(BIGGEST_ANSWER + 1, decode_content=True)
                watch.must_go_on()
                return Answer(response.status_code, response.headers, data)
        except (requests.RequestException, HTTPError, OSError) as error:
            return Answer(0, {}, b"", error=error)
        finally:
            self._used = self.clock.monotonic()

    def _failure(self, method: str, path: str, answer: Answer) -> CaasError | None:
        """None if there is nothing to repeat. Raises what no repetition mends."""
        if answer.error is not None:
            failure: CaasError = unreachable(self.url, answer.error)
            if answer.hopeless:
                raise failure
            return failure
        if answer.is_busy:
            return no_answer(self.url, method, path, answer)
        if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
            raise refused(self.url, method, path, answer)
        return None

    def _content(self, method: str, path: str, answer: Answer) -> dict[str, Any]:
        if len(answer.data) > BIGGEST_ANSWER:
            raise self.misunderstood(method, path, f"it has more than {BIGGEST_ANSWER >> 20} MB")
        if answer.status == 204 or method == "DELETE":
            return {}
        try:
            content = json.loads(answer.data)
        except (ValueError, RecursionError):
            raise self.misunderstood(method, path, f"it is no JSON, but begins with {answer.data[:40].decode('utf-8', 'replace')!r}") from None
        if not isinstance(content, dict):
            raise self.misunderstood(method, path, "it is no object")
        return content
