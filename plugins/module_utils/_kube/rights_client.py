# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a kubeconfig may do what the collection does in a seed."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

# group, resource; a Role that grants these grants the rest too, as they come in one file
SAMPLE = (("", "secrets"), ("", "services"), ("apps", "deployments"), ("apps", "statefulsets"), ("coordination.k8s.io", "leases"),
          ("networking.k8s.io", "networkpolicies"), ("policy", "poddisruptionbudgets"))


def missing_rights(api: KubeApi, namespace: str) -> list[str]:
    """Resources that may not be created in the namespace."""
    return [resource for group, resource in SAMPLE if not api.allowed("create", group, resource, namespace)]


def check_rights(api: KubeApi, namespace: str, *, exists: bool) -> None:
    """Raises Refused if this kubeconfig can't create the cluster. exists: the namespace is there already."""
    if not exists and not api.allowed("create", "", "namespaces"):
        raise Refused(f"Namespace {namespace} is not there, and this kubeconfig may not create it", where=api.server,
                      fix="ask an administrator of the seed to create it, label it, and bind the operator's Role in it, or use a "
                          "kubeconfig that may create namespaces")
    missing = missing_rights(api, namespace)
    if missing:
        raise Refused(f"This kubeconfig may not create {', '.join(missing)} in namespace {namespace}", where=api.server,
                      fix="bind the operator's Role of this collection in that namespace, or use another kubeconfig")
