# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What EC2's query API is asked, and what it answers: forms in, XML out."""
from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15"
ET.register_namespace("", NAMESPACE)


@dataclass(frozen=True)
class Request:
    """params: of the form, flat, such as {"InstanceId.1": "i-0"}. service, version: of the API, such as elasticloadbalancing, which has two versions.
    key: the access key whose signature is right, "" if it isn't.

    method, path: in the words of an API with paths, for faults and notes.
    """

    action: str
    params: dict[str, str] = field(default_factory=dict)
    region: str = "eu-central-1"
    service: str = "ec2"
    version: str = "2016-11-15"
    key: str = ""

    @property
    def looks(self) -> bool:
        return self.action.startswith(("Describe", "Get"))

    @property
    def method(self) -> str:
        return "GET" if self.looks else "POST"

    @property
    def path(self) -> str:
        return self.action

    def values(self, name: str) -> list[str]:
        """Of a list, such as InstanceId."""
        return [value for key, value in self.params.items() if key.rpartition(".")[0] == name and key.rpartition(".")[2].isdecimal()]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def error(status: int, code: str, message: str, **headers: str) -> Answer:
    body = (f'<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>'
            "<RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>")
    return Answer(status, body.encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def result(action: str, inner: str) -> Answer:
    return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?><{action}Response xmlns="{NAMESPACE}">{inner}</{action}Response>'.encode())


def tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
