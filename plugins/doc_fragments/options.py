# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of all modules, for ansible-doc: made of what options.py of each noun in module_utils/ says."""
from __future__ import annotations

import json
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import (
    CLUSTER_INFO,
    CLUSTER_LOCK,
    CLUSTER_OVERVIEW,
    CLUSTER_RECORD,
    CLUSTER_RESULT,
    ENDPOINT,
    KUBECONFIG,
    LOOK_AHEAD,
    NAMESPACE,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import CLUSTER_SPEC
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER_NAME, SEED_KUBECONFIG
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import documentation
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Options
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.options import ETCD_MAINTENANCE, ETCD_MEMBERS, ETCD_SNAPSHOT
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.options import MANIFESTS
from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import NODE_POOL, NODE_POOL_HOSTS, NODE_POOLS
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import CLUSTER_CERTIFICATES, PKI
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.options import CLOUD_CREDENTIALS, CLOUD_RESOURCES
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import (
    SEED_ADMISSION,
    SEED_CERTIFICATES,
    SEED_INFO,
    SEED_NODE,
    SEED_READY,
    SEED_SPREAD,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.options import UPGRADE_PLAN

# name of a module -> its options
MODULES: dict[str, Options] = {
    "cloud_credentials": CLOUD_CREDENTIALS,
    "cloud_resources": CLOUD_RESOURCES,
    "cluster_certificates": CLUSTER_CERTIFICATES,
    "cluster_info": CLUSTER_INFO,
    "cluster_lock": CLUSTER_LOCK,
    "cluster_overview": CLUSTER_OVERVIEW,
    "cluster_record": CLUSTER_RECORD,
    "cluster_result": CLUSTER_RESULT,
    "cluster_spec": CLUSTER_SPEC,
    "endpoint": ENDPOINT,
    "etcd_maintenance": ETCD_MAINTENANCE,
    "etcd_members": ETCD_MEMBERS,
    "etcd_snapshot": ETCD_SNAPSHOT,
    "kubeconfig": KUBECONFIG,
    "look_ahead": LOOK_AHEAD,
    "manifests": MANIFESTS,
    "namespace": NAMESPACE,
    "node": NODE,
    "node_pool": NODE_POOL,
    "node_pools": NODE_POOLS,
    "node_pool_hosts": NODE_POOL_HOSTS,
    "pki": PKI,
    "seed_admission": SEED_ADMISSION,
    "seed_certificates": SEED_CERTIFICATES,
    "seed_info": SEED_INFO,
    "seed_node": SEED_NODE,
    "seed_ready": SEED_READY,
    "seed_spread": SEED_SPREAD,
    "upgrade_plan": UPGRADE_PLAN,
}
LOCK = ("Before its first change, the module takes the lock of the cluster, a Lease in its namespace, for the whole run of ansible-playbook. "
        "If another run holds it, the module fails at once and says who that is.")
LIBRARIES = ["urllib3 (Python library)", "cryptography (Python library)"]


def variables(options: Options) -> str:
    """Which options come from variables."""
    named = [f"O({one.name})" if one.variable == one.name else f"O({one.name}) from C({one.variable})" for one in options if one.variable]
    return f"In a playbook, these come from variables of the same name if a task leaves them out: {', '.join(named)}." if named else ""


def page(options: Options) -> str:
    """JSON is YAML, too."""
    notes = [*([LOCK] if CLUSTER_NAME in options else []), *filter(None, [variables(options)])]
    more: dict[str, Any] = {**({"requirements": LIBRARIES} if SEED_KUBECONFIG in options else {}), **({"notes": notes} if notes else {})}
    return json.dumps({"options": documentation(options), **more})


class ModuleDocFragment:
    """Has a text for each module."""


for _name, _options in MODULES.items():
    setattr(ModuleDocFragment, _name.upper(), page(_options))
