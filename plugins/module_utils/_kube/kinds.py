# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where Kubernetes keeps which kind: the built-in kinds as a table, so that no discovery request is needed for them."""
from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as it appears in paths. plural: e.g. "deployments"."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def group(self) -> str:
        """The API group, "" for the core group."""
        return self.api_version.rpartition("/")[0]

    def path(self, name: str = "", namespace: str | None = None) -> str:
        """Path of one object, or without a name of the collection (without a namespace: of all namespaces)."""
        parts = [root(self.api_version)]
        if self.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name:
            parts.append(quote(name, safe=""))
        return "/".join(parts)


def root(api_version: str) -> str:
    """Path of a group version, which is also where its discovery document lies."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


_NAMESPACED = {
    "v1": {"ConfigMap": "configmaps", "Endpoints": "endpoints", "Event": "events", "LimitRange": "limitranges",
           "PersistentVolumeClaim": "persistentvolumeclaims", "Pod": "pods", "ResourceQuota": "resourcequotas", "Secret": "secrets",
           "Service": "services", "ServiceAccount": "serviceaccounts"},
    "apps/v1": {"ControllerRevision": "controllerrevisions", "DaemonSet": "daemonsets", "Deployment": "deployments",
                "ReplicaSet": "replicasets", "StatefulSet": "statefulsets"},
    "autoscaling/v2": {"HorizontalPodAutoscaler": "horizontalpodautoscalers"},
    "batch/v1": {"CronJob": "cronjobs", "Job": "jobs"},
    "coordination.k8s.io/v1": {"Lease": "leases"},
    "discovery.k8s.io/v1": {"EndpointSlice": "endpointslices"},
    "networking.k8s.io/v1": {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"},
    "policy/v1": {"PodDisruptionBudget": "poddisruptionbudgets"},
    "rbac.authorization.k8s.io/v1": {"Role": "roles", "RoleBinding": "rolebindings"},
}
_CLUSTER_WIDE = {
    "v1": {"Namespace": "namespaces", "Node": "nodes", "PersistentVolume": "persistentvolumes"},
    "admissionregistration.k8s.io/v1": {"MutatingWebhookConfiguration": "mutatingwebhookconfigurations",
                                        "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
                                        "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
                                        "ValidatingWebhookConfiguration": "validatingwebhookconfigurations"},
    "apiextensions.k8s.io/v1": {"CustomResourceDefinition": "customresourcedefinitions"},
    "apiregistration.k8s.io/v1": {"APIService": "apiservices"},
    "certificates.k8s.io/v1": {"CertificateSigningRequest": "certificatesigningrequests"},
    "networking.k8s.io/v1": {"IngressClass": "ingressclasses"},
    "node.k8s.io/v1": {"RuntimeClass": "runtimeclasses"},
    "rbac.authorization.k8s.io/v1": {"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings"},
    "scheduling.k8s.io/v1": {"PriorityClass": "priorityclasses"},
    "storage.k8s.io/v1": {"CSIDriver": "csidrivers", "CSINode": "csinodes", "StorageClass": "storageclasses",
                          "VolumeAttachment": "volumeattachments"},
}
BUILT_IN: dict[tuple[str, str], Resource] = {
    (api_version, kind): Resource(api_version, kind, plural, namespaced)
    for namespaced, table in ((True, _NAMESPACED), (False, _CLUSTER_WIDE))
    for api_version, kinds in table.items() for kind, plural in kinds.items()
}
