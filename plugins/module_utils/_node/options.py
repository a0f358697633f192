# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the action `node`. Its work is in plugin_utils/node, as it needs Ansible's connection."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki import RENEW_WITHIN_DAYS

ARGUMENT_SPEC: dict[str, Any] = {
    **CLUSTER,
    "node_name": {"type": "str", "required": True},
    "namesakes": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "choices": ["present", "absent", "fit", "fetched", "unfetched", "cordoned", "renewed"], "default": "present"},
    "kubernetes_version": {"type": "str"},
    "cluster_version": {"type": "str", "default": ""},
    "cluster_networks": {"type": "dict", "default": {}},
    "cluster_kube_proxy_mode": {"type": "str", "default": ""},
    "cluster_flannel": {"type": "bool", "default": True},
    "node_address": {"type": "str"},
    "ssh_address": {"type": "str", "default": ""},
    "node_provider_id": {"type": "str"},
    "node_labels": {"type": "dict", "default": {}},
    # their shape is that of _node/labels_and_taints, which makes no text of a number or a truth value
    "node_taints": {"type": "list", "elements": "dict", "default": []},
    "kubelet_config": {"type": "dict", "default": {}},
    "kubernetes_registry": {"type": "str", "default": "registry.k8s.io"},
    "kubernetes_mirror": {"type": "str", "default": "https://dl.k8s.io"},
    "github_mirror": {"type": "str", "default": "https://github.com"},
    "registry_mirrors": {"type": "dict", "default": {}},
    "http_proxy": {"type": "str", "default": ""},
    "https_proxy": {"type": "str", "default": ""},
    "no_proxy": {"type": "list", "elements": "str", "default": []},
    "artefact_sha256": {"type": "dict", "default": {}},
    "renew_within_days": {"type": "int", "default": RENEW_WITHIN_DAYS},
    "ready_timeout": {"type": "int", "default": 300},
    "others_wait": {"type": "bool", "default": False},
    "host_timeout": {"type": "int", "default": 900},
    "login_timeout": {"type": "int", "default": 0},
    "drain_timeout": {"type": "int", "default": 300},
    "node_drain": {"type": "bool", "default": True},
    "node_reset": {"type": "bool", "default": True},
    "node_forget": {"type": "bool", "default": False},
}
