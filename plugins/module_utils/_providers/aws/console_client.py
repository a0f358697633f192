# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The SSH host keys that a machine printed at its first boot, as cloud-init does. So a run knows them before its first
contact, at which another machine could answer."""
from __future__ import annotations

import base64
import binascii
import re

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Ec2Api

BEGIN, END = "-----BEGIN SSH HOST KEY KEYS-----", "-----END SSH HOST KEY KEYS-----"
# older kinds are not worth a pin
_KEY = re.compile(r"(?:^|[^A-Za-z0-9-])((?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))) ([A-Za-z0-9+/]{60,1000}={0,2})", re.ASCII)


def host_keys(api: Ec2Api, machine_id: str) -> tuple[str, ...]:
    """Public keys like "ssh-ed25519 AAAA..."; none if the console doesn't show them, or may not be looked at. It may do so minutes after the boot only."""
    try:
        # the latest output is only to be had of machines with the newer hypervisor; others show what they said at boot, if asked without
        answer = api.call("get_console_output", codes=("UnsupportedOperation", "InvalidParameterCombination"), InstanceId=machine_id, Latest=True)
        if answer.get("code"):
            answer = api.call("get_console_output", InstanceId=machine_id)
    except (ApiError, InvalidInput, Refused, Unreachable):
        return ()
    output = answer.get("Output")
    return printed(output) if isinstance(output, str) else ()


def printed(output: str) -> tuple[str, ...]:
    """Of the last whole list in the output: what a machine printed before it got its own keys doesn't count."""
    begin = output.rfind(BEGIN)
    end = output.find(END, begin)
    if begin < 0 or end < 0:
        return ()
    # the console puts things in front of a line, such as a time
    found = [(kind, body) for line in output[begin:end].splitlines() for kind, body in _KEY.findall(line)]
    return tuple(dict.fromkeys(f"{kind} {body}" for kind, body in found if _is_key(kind, body)))


def _is_key(kind: str, body: str) -> bool:
    """A key says itself of what kind it is; a line that another one broke does not."""
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return False
    length = int.from_bytes(data[:4], "big")
    return data[4:4 + length] == kind.encode()
