# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the cloud's API words an error."""
from __future__ import annotations

from ..rest_server import Answer

WHAT = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict", 422: "unprocessable_entity", 429: "too_many_requests",
        500: "server_error", 503: "service_unavailable"}


def error(status: int, message: str) -> Answer:
    return Answer(status, {"id": WHAT[status], "message": message})
