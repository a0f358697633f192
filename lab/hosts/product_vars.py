# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Variables of the product that hosts of a lab need, or that let tests look in. Everything else is the product's default."""
from __future__ import annotations

from typing import Any

from ..artefacts import recipes

lab_product_vars: dict[str, Any] = {
    # the witness of "nothing was written"
    "seed_audit_log": True,
    "cluster_audit_log": True,
    # the minor that a lab builds unless it is asked for more
    "seed_kubernetes_version": recipes.KUBERNETES,
    # hosts that are containers may not set the machine's connection tracking limits: 0 leaves them alone
    "kube_proxy_config": {"conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}},
}
