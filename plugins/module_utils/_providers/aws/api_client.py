# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2's API over boto3. Its errors are lines for people.

boto3 finds credentials and signs, writes requests and reads answers. Repetitions are decided here and not by botocore, as that waits by a clock of its
own and knows no Retry-After; and an answer is read no further than BIGGEST_ANSWER. boto3 is loaded when it is first needed: that takes 0.3 s of CPU.
"""
from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.retry_after import asked_wait, backoff
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import Watch, watched
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import errors as ec2_errors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.description import checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._system.rate_limit import PATIENCE, Pace

# AWS does not publish the rate limits of EC2 for each call; this is far below those of reading calls
PER_MINUTE = 240
PER_PAGE = 1000
MOST_PAGES = 100
# of a thousand machines it is 4 MB
BIGGEST_ANSWER = 32 << 20
ATTEMPTS = 6
TIMEOUT = 30.0
# so many times that, for an answer as a whole: each byte would begin it anew
WHOLE = 3
# these parts of an answer are not used, and botocore takes longer to parse them than all the rest
_UNREAD = {
    "DescribeInstances": (b"networkInterfaceSet", b"blockDeviceMapping", b"groupSet", b"metadataOptions", b"productCodes", b"monitoring", b"hibernationOptions",
                          b"capacityReservationSpecification", b"enclaveOptions", b"privateDnsNameOptions", b"maintenanceOptions", b"cpuOptions"),
    # a list shows them soon enough
    "RunInstances": (b"instancesSet",), "TerminateInstances": (b"instancesSet",),
}
_REGION = re.compile(r"[a-z0-9-]{2,40}", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """Of the options; where they are empty, those that boto3 finds: environment, ~/.aws, the role of this machine."""

    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""
    profile: str = ""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Credentials:
        """Of the options that every module for AWS has."""
        return cls(*(options[f"aws_{name}"] or "" for name in ("access_key", "secret_key", "session_token", "profile")))


def checked_credentials(given: Credentials) -> Credentials:
    """Raises InvalidInput without a word of them."""
    if bool(given.access_key) != bool(given.secret_key):
        raise InvalidInput("Only one of aws_access_key and aws_secret_key is given", fix="give both, or neither")
    if given.session_token and not given.access_key:
        raise InvalidInput("aws_session_token is given without aws_access_key", fix="give both")
    for name, value in (("aws_access_key", given.access_key), ("aws_secret_key", given.secret_key), ("aws_session_token", given.session_token)):
        if value and (not value.isascii() or not value.isprintable() or " " in value):
            raise InvalidInput(f"{name} is not valid", why="it holds white space or other characters that no credentials have",
                               fix="look for a line break at its end")
    return given


def checked_region(region: str | None) -> str:
    if not region or not _REGION.fullmatch(region):
        raise InvalidInput(f"Region {region!r} is not valid", where="AWS", fix="write its name, such as eu-central-1")
    return region


class Ec2Api:
    """Calls raise Unreachable, Refused, ApiError, InvalidInput, or Unsure if it matters and the result is unknown."""

    # as boto3 calls it
    service = "ec2"

    def __init__(self, credentials: Credentials, region: str, url: str = "", *, clock: Clock, progress: Callable[[str], None],
                 timeout: float = TIMEOUT) -> None:
        self._credentials, self.region, self.url = checked_credentials(credentials), checked_region(region), checked_url(url)
        self.clock, self.progress, self.timeout = clock, progress, timeout
        self.pace = Pace(clock, PER_MINUTE)
        self._certificates: str | bool = True

    @property
    def place(self) -> str:
        return self.url or f"{self.service.upper()} in {self.region}"

    def call(self, operation: str, *, patience: float = PATIENCE, unsure: bool = False, codes: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:
        """operation: in boto3's words, such as describe_instances. Sent again if it may go better then, so twice must do no harm.

        patience: seconds for all repetitions. unsure: raises Unsure if it may have been carried out. codes: of errors that are no errors here; then the
        result is {"code": the code}.
        """
        waited, attempt = 0.0, 0
        while True:
            attempt += 1
            self.pace.wait()
            try:
                return self._once(operation, given)
            except CaasError:
                raise
            except Exception as error:
                failure = ec2_errors.told(self.place, self.region, operation, error)
            if failure.code and failure.code in codes:
                return {"code": failure.code, "why": failure.error.why}
            asked = asked_wait(failure.headers, self.clock.now()) if failure.again else None
            pause = backoff(attempt) if asked is None else asked
            if not failure.again or waited + pause > patience or (attempt >= ATTEMPTS and asked is None):
                if unsure and failure.maybe:
                    raise Unsure(failure.error.what, where=failure.error.where, why=failure.error.why,
                                 fix="run this again: it checks whether it was carried out")
                raise self._known_region(failure)
            if pause >= 1:
                self.progress(f"AWS: {failure.short}; again in {pause:.0f} s")
            self.clock.sleep(pause)
            waited += pause

    def pages(self, operation: str, key: str, **given: Any) -> Iterator[list[dict[str, Any]]]:
        """Each page's list under key."""
        token: str | None = None
        for _page in range(MOST_PAGES):
            answer = self.call(operation, **given, **({"NextToken": token} if token else {}))
            items = answer.get(key, [])
            if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
                raise ec2_errors.not_understood(self.place, operation, f"it has no list of {key}")
            yield items
            token = answer.get("NextToken")
            if not token:
                return
        raise ec2_errors.not_understood(self.place, operation, f"it has more than {MOST_PAGES} pages")

    def all(self, operation: str, key: str, **given: Any) -> list[dict[str, Any]]:
        return [one for items in self.pages(operation, key, **given) for one in items]

    def regions(self) -> list[str]:
        """As far as this version of botocore knows them. Sends no request."""
        session = self._session
        return sorted({name for partition in session.get_available_partitions() for name in session.get_available_regions("ec2", partition)})

    def _known_region(self, failure: ec2_errors.Failure) -> CaasError:
        """A region that doesn't exist has no address: all that is seen is a connection error."""
        if self.url or failure.short != "nothing answers there" or self.region in self.regions():
            return failure.error
        return InvalidInput(f"There is no region {self.region!r}", where="AWS",
                            fix=f"use one of {', '.join(self.regions())}; if it is newer than this list, check the network")

    def _once(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        return getattr(self._client, operation)(**given)

    @cached_property
    def _session(self) -> Any:
        try:
            import boto3
            import botocore.session
        except ImportError as error:
            raise CaasError("The Python library boto3 can't be used", where=sys.executable, why=str(error),
                            fix="install it for this Python: pip install boto3") from None
        for name in ("botocore", "boto3"):
            # it would log session tokens
            logging.getLogger(name).setLevel(logging.INFO)
        given, base = self._credentials, botocore.session.get_session()
        self._certificates = base.get_config_variable("ca_bundle") or True
        # times stay texts: to read a thousand of them takes longer than all the rest of a list
        base.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
        return boto3.session.Session(botocore_session=base, aws_access_key_id=given.access_key or None, aws_secret_access_key=given.secret_key or None,
                                     aws_session_token=given.session_token or None, profile_name=given.profile or None, region_name=self.region)

    @cached_property
    def _client(self) -> Any:
        session = self._session
        from botocore.config import Config
        config = Config(connect_timeout=min(10.0, self.timeout), read_timeout=self.timeout, retries={"total_max_attempts": 1, "mode": "standard"},
                        user_agent_extra="kubermatic-caas", max_pool_connections=2)
        client = session.client(self.service, endpoint_url=self.url or None, config=config)
        if session.get_credentials() is None:
            raise ec2_errors.no_credentials()
        wire = _Wire(client.meta.endpoint_url, config, self._certificates)
        client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", wire.send)
        client.meta.events.register_first("before-parse.ec2", _must_be_ec2s)
        for operation, parts in _UNREAD.items():
            client.meta.events.register(f"before-parse.ec2.{operation}", partial(_without_the_unread, parts))
        return client


def _must_be_ec2s(operation_model: Any, response_dict: dict[str, Any], **dummy: Any) -> None:
    """Refuses a page of a proxy: read as an answer it would contain no machines, and the run would create them a second time."""
    body, begin = response_dict.get("body") or b"", rb"\s*(<\?xml[^>]{0,200}\?>\s*)?<" + operation_model.name.encode() + rb"Response[\s>]"
    if response_dict.get("status_code") == 200 and not re.match(begin, body):
        raise ec2_errors.NotEc2s(f"it begins with {body[:40].decode('utf-8', 'replace')!r}")


def _without_the_unread(parts: tuple[bytes, ...], response_dict: dict[str, Any], **dummy: Any) -> None:
    body = response_dict.get("body")
    if isinstance(body, bytes):
        for part in parts:
            body = _without(part, body)
        response_dict["body"] = body


def _without(part: bytes, body: bytes) -> bytes:
    """The text as it is if it is not well-formed."""
    head, *rest = body.split(b"<" + part + b">")
    kept = [head]
    for piece in rest:
        dummy, end, after = piece.partition(b"</" + part + b">")
        if not end:
            return body
        kept.append(after)
    return b"".join(kept)


class _Wire:
    """Sends as botocore does, and stops reading where no answer of EC2 goes on."""

    def __init__(self, url: str, config: Any, certificates: str | bool) -> None:
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies
        self._session = URLLib3Session(verify=certificates, proxies=get_environ_proxies(url),
                                       timeout=(config.connect_timeout, config.read_timeout), max_pool_connections=config.max_pool_connections)
        watched(self._session._manager)
        self._seconds = config.read_timeout * WHOLE

    def send(self, request: Any, **dummy: Any) -> Any:
        from botocore.awsrequest import AWSResponse
        from botocore.exceptions import ReadTimeoutError
        request.stream_output = True
        with Watch(self._seconds) as watch:
            try:
                response = self._session.send(request)
                try:
                    data = response.raw.read(BIGGEST_ANSWER + 1, decode_content=True)
                finally:
                    response.raw.release_conn()
                watch.must_go_on()
            except Exception as error:
                if watch.over:
                    raise ReadTimeoutError(endpoint_url=request.url, error=watch.too_long()) from error
                raise
        if len(data) > BIGGEST_ANSWER:
            response.raw.close()
            raise ec2_errors.NotEc2s(f"it has more than {BIGGEST_ANSWER >> 20} MB")
        return AWSResponse(response.url, response.status_code, response.headers, _Read(data))


class _Read(io.BytesIO):
    def stream(self, *dummy: Any, **more: Any) -> Iterator[bytes]:
        yield self.getvalue()
