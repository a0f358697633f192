# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of seed_node. It has no resource: it acts over SSH, in plugin_utils/seed/first.py and joining.py."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import CONTROL_PLANE, ROLES

ARGUMENT_SPEC: dict[str, Any] = {
    **SEED,
    "seed": {"type": "str", "required": True},
    "machine": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "fit"], "default": "present"},
    "seed_role": {"type": "str", "choices": list(ROLES), "default": CONTROL_PLANE},
    "control_planes": {"type": "list", "elements": "str"},
    "workers": {"type": "list", "elements": "str", "default": []},
    "machine_address": {"type": "str", "default": ""},
    "server": {"type": "str", "default": ""},
    # certificates and encrypted text
    "admission": {"type": "dict", "no_log": False},
    "encryption_goal": {"type": "str", "choices": ["keep", "write", "rewrite"], "default": "keep"},
    # encrypted text
    "encryption_config": {"type": "str", "default": "", "no_log": False},
    "seed_address": {"type": "str", "required": True},
    "seed_kubernetes_version": {"type": "raw"},
    "components": {"type": "dict", "default": {}},
    "seed_pod_cidr": {"type": "str", "default": "10.240.0.0/16"},
    "seed_service_cidr": {"type": "str", "default": "10.241.0.0/16"},
    "seed_cni": {"type": "str", "choices": ["flannel", "none"], "default": "flannel"},
    "seed_audit_log": {"type": "bool", "default": True},
    "seed_schedulable": {"type": "bool"},
    "seed_kubelet_config": {"type": "dict", "default": {}},
    "kube_proxy_config": {"type": "dict", "default": {}},
    "kubernetes_registry": {"type": "str", "default": "registry.k8s.io"},
    "flannel_registry": {"type": "str", "default": "ghcr.io/flannel-io"},
    "local_path_registry": {"type": "str", "default": "docker.io/rancher"},
    "busybox_registry": {"type": "str", "default": "docker.io/library"},
    "registry_mirrors": {"type": "dict", "default": {}},
    "kubernetes_mirror": {"type": "str", "default": "https://dl.k8s.io"},
    "github_mirror": {"type": "str", "default": "https://github.com"},
    "http_proxy": {"type": "str", "default": ""},
    "https_proxy": {"type": "str", "default": ""},
    "no_proxy": {"type": "list", "elements": "str", "default": []},
    "artefact_sha256": {"type": "dict", "default": {}},
    "host_timeout": {"type": "int", "default": 900},
}
