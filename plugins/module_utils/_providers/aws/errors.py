# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What went wrong with EC2's API, told as one line.

Everything that botocore raises is known by its name here, so that nothing of it is loaded before it is needed.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Refused, Unreachable

LONGEST_MESSAGE = 300
THROTTLED = {"RequestLimitExceeded", "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "TooManyRequestsException", "SlowDown",
             "RequestThrottledException", "PriorRequestNotComplete", "BandwidthLimitExceeded", "EC2ThrottledException"}
UNKNOWN_CREDENTIALS = {"AuthFailure", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException", "MissingAuthenticationToken",
                       "IncompleteSignature", "InvalidSecurity"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidToken"}
FORBIDDEN = {"UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "OptInRequired", "Blocked", "PendingVerification", "NotAuthorized"}
# the account, or a zone, has no room; asking again at once gives nothing
NO_ROOM = {"InstanceLimitExceeded", "VcpuLimitExceeded", "MaxSpotInstanceCountExceeded", "InsufficientInstanceCapacity", "InsufficientHostCapacity",
           "InsufficientReservedInstanceCapacity", "InsufficientFreeAddressesInSubnet", "InsufficientCapacity", "VolumeLimitExceeded",
           "SecurityGroupLimitExceeded", "RulesPerSecurityGroupLimitExceeded", "SecurityGroupsPerInterfaceLimitExceeded", "AddressLimitExceeded"}
# of one zone: another one may have room
NO_ROOM_IN_ZONE = {"InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientFreeAddressesInSubnet", "InsufficientCapacity"}
# the same request was heard before: look what came of it
HEARD_BEFORE = {"IdempotentInstanceTerminated", "IdempotentParameterMismatch", "IdempotentRequestInProgress"}
NEVER_ARRIVED = {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError"}


class NotEc2s(Exception):
    """An answer that does not come from AWS, or has no end."""


@dataclass(frozen=True, slots=True)
class Failure:
    """error: for the user. again: it may go better in a moment. maybe: the result is unknown. short: for progress."""

    error: CaasError
    code: str = ""
    again: bool = False
    maybe: bool = False
    short: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def told(place: str, region: str, operation: str, error: Exception) -> Failure:
    """Of anything that a call raises. place: the address of the API."""
    response = getattr(error, "response", None)
    if isinstance(response, dict) and isinstance(response.get("Error"), dict):
        return _answered(place, operation, response)
    return _unanswered(place, region, operation, error)


def _answered(place: str, operation: str, response: dict[str, Any]) -> Failure:
    meta = response.get("ResponseMetadata")
    meta = meta if isinstance(meta, dict) else {}
    status, headers = int(meta.get("HTTPStatusCode") or 0), {name.title(): str(value) for name, value in (meta.get("HTTPHeaders") or {}).items()}
    code, message = str(response["Error"].get("Code") or ""), str(response["Error"].get("Message") or "")[:LONGEST_MESSAGE]
    words = f"{code}: {message}" if message and code else message or code or f"status {status}"
    if code in THROTTLED or status == 429:
        return Failure(_no_answer(place, operation, words), code, again=True, short=words, headers=headers)
    if status >= 500 and code not in NO_ROOM:
        return Failure(_no_answer(place, operation, words), code, again=True, maybe=True, short=words, headers=headers)
    if status in range(300, 400) or (status in range(200, 300) and not code):
        return Failure(not_understood(place, operation, words), code, maybe=True)
    if code in EXPIRED:
        return Failure(Refused("The credentials for AWS have expired", where=place, why=message, fix="get new ones, and check this machine's clock"), code)
    if code in UNKNOWN_CREDENTIALS:
        return Failure(Refused("AWS rejects the credentials", where=place, why=words,
                               fix="check access key, secret key and session token, and this machine's clock"), code)
    if code in FORBIDDEN or status in (401, 403):
        return Failure(Refused(f"The credentials may not do {operation} at AWS", where=place, why=words,
                               fix="give them a policy that allows it, see docs/node_pools.md"), code)
    if code in NO_ROOM:
        return Failure(InvalidInput("AWS lacks capacity or quota for the node pool", where=place, why=words, code=code,
                                    fix="have the limit raised, or use another size, zone or number"), code)
    if code in HEARD_BEFORE:
        return Failure(_no_answer(place, operation, words), code, maybe=True)
    if code.endswith(("NotFound", "Malformed", ".Duplicate", ".InUse")) or code.startswith(("Invalid", "Missing", "Unsupported", "Unknown")):
        return Failure(InvalidInput("AWS rejects what the node pool asks for", where=place, why=words), code)
    return Failure(ApiError(f"AWS refuses {operation}", status=status, reason=code, where=place, why=words), code)


def _unanswered(place: str, region: str, operation: str, error: Exception) -> Failure:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = str(error)[-LONGEST_MESSAGE:]
    if isinstance(error, NotEc2s):
        return Failure(not_understood(place, operation, text), maybe=True)
    if kinds & {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError",
                "TokenRetrievalError", "NoAuthTokenError", "RefreshWithMFAUnsupportedError"}:
        return Failure(no_credentials(text))
    if kinds & {"ProfileNotFound", "ConfigParseError", "ConfigNotFound", "InvalidConfigError"}:
        return Failure(InvalidInput("The configuration for AWS can't be used", why=text, fix="check aws_profile, and the files of ~/.aws"))
    if kinds & {"InvalidRegionError", "NoRegionError"}:
        return Failure(InvalidInput(f"There is no region {region!r}", where="AWS", why=text, fix="write its name, such as eu-central-1"))
    if "ParamValidationError" in kinds:
        return Failure(InvalidInput("boto3 can't send what the node pool asks for", where=place, why=" ".join(text.split())))
    if kinds & {"ResponseParserError", "ParseError"}:
        return Failure(not_understood(place, operation, "it is not what EC2 answers"), maybe=True)
    why = _connection(kinds, text)
    if why:
        failed = Unreachable("AWS can't be reached", where=place, why=why, fix="check the network, and run this again")
        return Failure(failed, again="SSLError" not in kinds, maybe=not kinds & NEVER_ARRIVED, short=why)
    # an answer with other types than EC2's, most of all: botocore stumbles over it in many ways
    return Failure(not_understood(place, operation, f"{type(error).__name__}: {text}"), maybe=True)


def _connection(kinds: set[str], text: str) -> str:
    """"" if it is no matter of the connection."""
    if kinds & {"ReadTimeoutError", "ConnectTimeoutError"} or "timed out" in text:
        return "it does not answer in time"
    if "SSLError" in kinds:
        return f"TLS failed ({text[-120:]})"
    if "ProxyConnectionError" in kinds:
        return "the proxy does not answer"
    if "EndpointConnectionError" in kinds:
        return "nothing answers there"
    if kinds & {"HTTPClientError", "ConnectionError", "OSError", "HTTPError"}:
        return "the connection broke"
    return ""


def _no_answer(place: str, operation: str, words: str) -> Unreachable:
    return Unreachable(f"AWS did not answer {operation}", where=place, why=words, fix="look at its health dashboard, and run this again")


def not_understood(place: str, operation: str, why: str) -> Unreachable:
    return Unreachable(f"The answer of AWS to {operation} can't be understood", where=place, why=why,
                       fix="check that this address is EC2's API, and no proxy answers in its place")


def no_credentials(why: str = "") -> InvalidInput:
    return InvalidInput("No credentials for AWS were found", why=why,
                        fix="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give aws_access_key and aws_secret_key")
