# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How Hetzner Cloud's API words an error, and which of its errors mean something else than their status says."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.description import DESCRIPTION
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_errors import Answer, RestErrors

# another request works at the same thing, or there is a moment without room: it may go better soon
BUSY = ("locked", "conflict", "resource_in_use", "rate_limit_exceeded", "unavailable", "timeout", "service_error", "robot_unavailable")
NO_ROOM = ("resource_limit_exceeded", "resource_unavailable", "placement_error", "server_limit_exceeded")
# what is asked for is there already
UNIQUE = "uniqueness_error"


class HetznerErrors(RestErrors):
    title = DESCRIPTION.title
    unknown_token = ("it is wrong or was deleted", "make a new one at the console of Hetzner Cloud, in the project under Security, API tokens")

    def details(self, answer: dict[str, Any]) -> Any:
        return answer.get("error")

    def is_busy(self, answer: Answer) -> bool:
        return super().is_busy(answer) or (answer.status >= 400 and self.word(answer, "code") in BUSY)

    def refused(self, method: str, path: str, answer: Answer) -> CaasError:
        code = self.word(answer, "code")
        if code in NO_ROOM:
            return InvalidInput("Hetzner Cloud lacks capacity or quota for the node pool", where=self.url, why=self.reason(answer),
                                fix="have the limit of the project raised, or use another size or region")
        return self.error(method, path, answer) if code == UNIQUE else super().refused(method, path, answer)
