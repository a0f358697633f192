# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2's API on a port of this machine, with signatures in front of it."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ..http_server import HttpServer, Reply
from .answers import Answer, Request, error
from .ec2 import Ec2
from .signature import signed_by

ACCESS_KEY, SECRET_KEY = "AKIALABMAYDOEVERYTHING", "lab/secret/key/that/may/do/everything"
READ_ONLY_KEY, READ_ONLY_SECRET = "AKIALABMAYONLYLOOK", "lab/secret/key/that/may/only/look"
EXPIRED_KEY, EXPIRED_SECRET = "ASIALABOFYESTERDAY", "lab/secret/key/of/yesterday"
# of the same account, for what runs in a customer's cluster
CUSTOMERS_KEY, CUSTOMERS_SECRET = "AKIALABOFACUSTOMER", "lab/secret/key/of/a/customer"
SECRETS = {ACCESS_KEY: SECRET_KEY, CUSTOMERS_KEY: CUSTOMERS_SECRET, READ_ONLY_KEY: READ_ONLY_SECRET, EXPIRED_KEY: EXPIRED_SECRET}


class Cloud(HttpServer):
    content_type = "text/xml;charset=UTF-8"

    def __init__(self, ec2: Ec2, clock: Any = None, **options: Any) -> None:
        self.ec2 = ec2
        super().__init__(clock, **options)

    def understood(self, method: str, target: str, headers: Mapping[str, str], data: bytes) -> Request | None:
        if method != "POST":
            return None
        form = dict(parse_qsl(data.decode(), keep_blank_values=True))
        key, region, service = signed_by(SECRETS, method, target, dict(headers), data)
        version = form.pop("Version", "")
        return Request(form.pop("Action", ""), form, region, service or "ec2", version, key)

    def refusal(self, request: Request, at: float) -> Answer | None:
        if not request.key:
            return error(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        if request.key == EXPIRED_KEY:
            return error(400, "RequestExpired", "Request has expired.")
        if request.key == READ_ONLY_KEY and not request.looks:
            return error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
        return None

    def done(self, request: Request) -> Answer:
        return self.ec2.answer(request)

    def error(self, status: int) -> Answer:
        return {404: error(404, "InvalidAction", "There is nothing here."), 429: error(503, "RequestLimitExceeded", "Request limit exceeded.", Retry_After="7"),
                500: error(500, "InternalError", "An internal error has occurred")}[status]

    def reply(self, answer: Answer) -> Reply:
        return Reply(answer.status, answer.body, {"Content-Type": self.content_type, **answer.headers})
