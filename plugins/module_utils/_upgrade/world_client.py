# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an upgrade has to know of a cluster: which versions run, and what might stand in its way."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import readiness
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.gates import Deprecated, Webhook, World

API_SERVER = "kube-apiserver"
REQUESTED = "apiserver_requested_deprecated_apis{"
LABEL = re.compile(r'([a-z_]{1,40})="([^"]{0,253})"', re.ASCII)
# of the answers of an API of which every byte is a customer's choice
LONGEST_LINE, MOST_SERVICES = 2000, 100
CONFIGURATIONS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")


def serving_versions(seed: KubeApi, namespace: str) -> tuple[KubernetesVersion, ...]:
    """Of every kube-apiserver that is not on its way out, by the image that its pod runs. One that never ran has changed nothing."""
    pods = readiness.alive(seed.list("v1", "Pod", namespace, f"app.kubernetes.io/name={API_SERVER}"))
    images = (container["image"] for pod in pods if not pod["metadata"].get("deletionTimestamp") and ever_ran(pod)
              for container in pod["spec"]["containers"] if container["name"] == API_SERVER)
    return tuple(version for image in images if (version := KubernetesVersion.of(image.rpartition(":")[2])))


def ever_ran(pod: Mapping[str, Any]) -> bool:
    """Not so if its image could not be pulled."""
    found = [one for one in (pod.get("status") or {}).get("containerStatuses") or () if one.get("name") == API_SERVER]
    return any({"running", "terminated"} & set(one.get("state") or {}) or one.get("lastState") or one.get("restartCount") for one in found)


def look(api: KubeApi, status: Mapping[str, Any], nodes: Iterable[dict[str, Any]], to: KubernetesVersion, *, drained: Collection[str]) -> World:
    """api: of the cluster. drained: names of nodes that are to be drained, so what their pods need is looked at too."""
    pods = tuple(pod for name in drained for pod in api.list("v1", "Pod", field_selector=f"spec.nodeName={name}"))
    budgets = tuple(api.list("policy/v1", "PodDisruptionBudget")) if drained else ()
    return World(status, to, tuple(nodes), pods, budgets, tuple(failing_closed(api)), tuple(deprecated(api)))


def deprecated(api: KubeApi) -> Iterator[Deprecated]:
    """As the replica of kube-apiserver counts it that answers."""
    for line in str(api.request("GET", "/metrics")).splitlines():
        if not line.startswith(REQUESTED) or len(line) > LONGEST_LINE:
            continue
        found = dict(LABEL.findall(line))
        if found.get("removed_release") and not line.endswith("} 0"):
            group = f".{found['group']}" if found.get("group") else ""
            yield Deprecated(f"{found.get('resource')}{group}/{found.get('version')}", found["removed_release"])


def failing_closed(api: KubeApi) -> Iterator[Webhook]:
    """Those that are asked by a Service of the cluster; of others nothing can be seen from here."""
    asked: set[tuple[str, str]] = set()
    for kind in CONFIGURATIONS:
        for configuration in api.list("admissionregistration.k8s.io/v1", kind):
            for one in configuration.get("webhooks") or ():
                service = (one.get("clientConfig") or {}).get("service")
                place = (service["namespace"], service["name"]) if service and one.get("failurePolicy") != "Ignore" else None
                # each Service once, and not more than a well-kept cluster has
                if place and place not in asked and len(asked) < MOST_SERVICES:
                    asked.add(place)
                    yield Webhook(f"{kind} {configuration['metadata']['name']}", "/".join(place), has_endpoints(api, *place))


def has_endpoints(api: KubeApi, namespace: str, name: str) -> bool:
    slices = api.list("discovery.k8s.io/v1", "EndpointSlice", namespace, f"kubernetes.io/service-name={name}")
    return any((one.get("conditions") or {}).get("ready") is not False for part in slices for one in part.get("endpoints") or ())
