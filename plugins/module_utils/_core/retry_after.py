# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How long to wait before a request is sent again."""
from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the server wants to be asked again, None if it doesn't say. Retry-After is a number or a date."""
    text = headers.get("Retry-After", "").strip()
    if text:
        seconds = _number(text)
        if seconds is None:
            try:
                moment = parsedate_to_datetime(text)
                seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
            except (ValueError, TypeError, OverflowError):
                return None
        return max(0.0, seconds)
    # of the hour's quota: the moment at which the oldest request is forgotten
    reset = _number(headers.get("ratelimit-reset", ""))
    if reset is not None and headers.get("ratelimit-remaining", "").strip() == "0":
        return max(0.0, reset - now.timestamp())
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def backoff(attempt: int) -> float:
    """attempt: 1 for the first that failed."""
    return min(30.0, 0.5 * 2 ** (attempt - 1))
