# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a machine at EC2 is told about itself, by the second version of the instance metadata service: whoever asks needs a token that a machine has fetched."""
from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .ec2 import REGION, Ec2, Instance

TOKEN, DATA, IDENTITY = "/latest/api/token", "/latest/meta-data/", "/latest/dynamic/instance-identity/document"


def described(ec2: Ec2, instance: Instance) -> dict[str, str]:
    """Path -> what is found there."""
    known = ec2.backend.get_instance(instance.id)
    (interface,) = known.nics.values()
    zone, mac = known.placement.zone, interface.mac_address
    below = f"{DATA}network/interfaces/macs/{mac}/"
    return {
        f"{DATA}instance-id": instance.id, f"{DATA}instance-type": known.instance_type, f"{DATA}ami-id": known.image_id,
        f"{DATA}local-ipv4": instance.address, f"{DATA}public-ipv4": instance.address, f"{DATA}mac": mac,
        f"{DATA}placement/availability-zone": zone, f"{DATA}placement/region": REGION,
        f"{DATA}network/interfaces/macs/": f"{mac}/", f"{below}vpc-id": known.vpc_id, f"{below}subnet-id": known.subnet_id,
        IDENTITY: json.dumps({"instanceId": instance.id, "instanceType": known.instance_type, "imageId": known.image_id, "region": REGION,
                              "availabilityZone": zone, "privateIp": instance.address, "accountId": ec2.account, "architecture": "x86_64"})}


class Metadata(ThreadingHTTPServer):
    """Knows who asks by the address that the question comes from. who: the instance there; told: path -> what it is told."""

    daemon_threads = True

    def __init__(self, address: str, who: Callable[[str], Instance | None], told: Callable[[Instance], dict[str, str]]) -> None:
        self.who, self.told, self.tokens = who, told, set()
        super().__init__((address, 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Metadata

    def log_message(self, *args: Any) -> None:
        pass

    def do_PUT(self) -> None:
        if self.path != TOKEN:
            return self._send(404)
        token = secrets.token_urlsafe(32)
        self.server.tokens.add(token)
        return self._send(200, token, {"X-aws-ec2-metadata-token-ttl-seconds": self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "21600")})

    def do_GET(self) -> None:
        instance = self.server.who(self.client_address[0])
        if self.headers.get("X-aws-ec2-metadata-token") not in self.server.tokens:
            return self._send(401)
        found = self.server.told(instance).get(self.path) if instance else None
        return self._send(404) if found is None else self._send(200, found)

    def _send(self, status: int, text: str = "", headers: dict[str, str] | None = None) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/plain", "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
