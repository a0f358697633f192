# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes text harmless for a terminal: an API, a host or a customer may have written it."""
from __future__ import annotations

from typing import Any


def printed(text: Any, keep: str = "") -> str:
    """One line. keep: characters that stay as they are, such as line breaks of several lines."""
    return "".join(char if char.isprintable() or char in keep else " " for char in str(text))
