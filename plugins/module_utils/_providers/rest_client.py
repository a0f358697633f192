# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A provider's REST API with a token: limits of rate, time and size, repetitions, pages. A provider adds the session and what its API does otherwise."""
from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Unreachable, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.retry_after import asked_wait, backoff
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import Watch, watched
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Description, Run
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_errors import Answer, RestErrors
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._system.rate_limit import PATIENCE, Pace

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError, NewConnectionError
except ImportError:
    # the provider's library needs it, and is missed first
    AuthBase = object

BIGGEST_ANSWER = 16 << 20
ATTEMPTS = 6
TIMEOUT = 30.0
# so many times that, for an answer as a whole: each byte would begin it anew
WHOLE = 3
# a server closes idle connections; a request on one would be lost, and its result unknown
IDLE = 5.0


class _Bearer(AuthBase):
    """As an object, so that a .netrc of the user doesn't put its own credentials in the place of the token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class RestClient(ABC):
    """Calls raise Unreachable, Refused, ApiError, InvalidInput, or Unsure if a request that is not repeatable may have been carried out.

    per_minute: requests that a run allows itself. per_page, most_pages: of a list. unique_names: the provider has each name once, so that every request
    may be repeated.
    """

    description: ClassVar[Description]
    errors_class: ClassVar[type[RestErrors]]
    per_minute: ClassVar[int]
    per_page: ClassVar[int]
    most_pages: ClassVar[int]
    unique_names = False

    def __init__(self, token: str | None, url: str | None = None, *, clock: Clock, progress: Callable[[str], None], timeout: float = TIMEOUT) -> None:
        self.token, self.url = checked_token(token, self.description), self.description.check_url(self.description.url if url is None else url)
        self.clock, self.progress, self.timeout = clock, progress, timeout
        self.pace = Pace(clock, self.per_minute)
        self.errors = self.errors_class(self.url)
        self._used = clock.monotonic()
        try:
            self._session = self.session()
        except ImportError as error:
            library = self.description.library
            raise CaasError(f"The Python library {library} can't be used", where=sys.executable, why=str(error),
                            fix=f"install it for this Python: pip install {library}") from None
        for scheme in ("https://", "http://"):
            # repetitions are decided below
            adapter = HTTPAdapter(max_retries=0)
            watched(adapter.poolmanager)
            self._session.mount(scheme, adapter)

    @classmethod
    def of(cls, run: Run) -> Self:
        """With the options of a module."""
        name = cls.description.name
        return cls(run.params[f"{name}_token"], run.params[f"{name}_url"], clock=run.clock, progress=run.progress)

    @classmethod
    def check_options(cls, params: Mapping[str, Any]) -> None:
        """Raises InvalidInput. Sends no request."""
        name = cls.description.name
        checked_token(params[f"{name}_token"], cls.description)
        cls.description.check_url(params[f"{name}_url"])

    @abstractmethod
    def session(self) -> Any:
        """A requests.Session of the provider's library, which is loaded here, so that only this provider needs it."""

    @abstractmethod
    def has_more(self, answer: dict[str, Any]) -> bool:
        """Whether there is a page after this one."""

    def waits(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Headers by which the API says how long to wait."""
        return headers

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
                raise Unsure(failure.what, where=failure.where, why=failure.why, fix="run this again: it checks whether it was carried out")
            if found.status in range(200, 300) and not self.unique_names:
                raise failure
            asked = asked_wait(self.waits(found.headers), self.clock.now())
            pause = backoff(attempt) if asked is None else asked
            if waited + pause > PATIENCE or (attempt >= ATTEMPTS and asked is None):
                raise failure
            if pause >= 1:
                self.progress(f"{self.description.title}: {self.errors.reason(found)}; again in {pause:.0f} s")
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

    def pages(self, path: str, key: str, query: dict[str, Any] | None = None) -> Iterator[tuple[list[Any], dict[str, Any]]]:
        """Each page's list, and its whole answer. The address of a next page that it names is not followed."""
        for page in range(1, self.most_pages + 1):
            answer = self.request("GET", path, {**(query or {}), "per_page": self.per_page, "page": page})
            items = answer.get(key)
            if not isinstance(items, list):
                raise self.misunderstood("GET", path, f"it has no list of {key}")
            yield items, answer
            if not items or not self.has_more(answer):
                return
        raise self.misunderstood("GET", path, f"it has more than {self.most_pages} pages")

    def misunderstood(self, method: str, path: str, why: str) -> Unreachable:
        return self.errors.not_understood(method, path, why)

    def _once(self, method: str, path: str, query: dict[str, Any] | None, body: Any) -> Answer:
        if self.clock.monotonic() - self._used > IDLE:
            self._session.close()
        url = f"{self.url.rstrip('/')}/{path}" + (f"?{urlencode(query)}" if query else "")
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
            failure = self.errors.unreachable(answer.error)
            if answer.hopeless:
                raise failure
            return failure
        if self.errors.is_busy(answer):
            return self.errors.not_done(method, path, answer)
        if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
            raise self.errors.refused(method, path, answer)
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


def checked_token(token: str | None, description: Description) -> str:
    """Raises InvalidInput without a word of the token, which requests would quote."""
    option = description.access[0]
    if not token:
        raise InvalidInput(f"No token for {description.title} is given", fix=f"set the environment variable {option.environment[0]}, or {option.name}")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidInput(f"The token for {description.title} is not valid", why="it holds white space or other characters that no token has",
                           fix="look for a line break at its end")
    return token


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
