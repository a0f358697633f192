# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node goes only when its volumes are off, as an API server shows it."""
from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.detach import wait_until_detached
from api.bare_api import BareApi

_numbers = count(1)


class Volumes:
    """On node NAMESPACE-a and others. made: what goes in the end, as all tests share one API."""

    def __init__(self, api: KubeApi, namespace: str) -> None:
        self.api, self.namespace, self.node, self.made = api, namespace, f"{namespace}-a", []

    def has(self, api_version: str, kind: str, name: str, *, cluster_wide: bool = False, **more: Any) -> None:
        metadata = {"name": name, **({} if cluster_wide else {"namespace": self.namespace})}
        self.api.create({"apiVersion": api_version, "kind": kind, "metadata": metadata, **more})
        self.made.append((api_version, kind, name, None if cluster_wide else self.namespace))

    def attach(self, volume: str, node: str) -> None:
        self.has("storage.k8s.io/v1", "VolumeAttachment", f"{self.namespace}-{volume}", cluster_wide=True,
                 spec={"attacher": "ebs.csi.aws.com", "nodeName": node, "source": {"persistentVolumeName": volume}})

    def detach(self, volume: str) -> None:
        self.api.delete("storage.k8s.io/v1", "VolumeAttachment", f"{self.namespace}-{volume}")

    def use(self, volume: str) -> None:
        """By a pod that stays on the node."""
        self.has("v1", "PersistentVolumeClaim", f"claim-{volume}",
                 spec={"accessModes": ["ReadWriteOnce"], "volumeName": volume, "resources": {"requests": {"storage": "1Gi"}}})
        self.has("v1", "Pod", f"agent-{volume}", spec={
            "nodeName": self.node, "terminationGracePeriodSeconds": 0, "containers": [{"name": "agent", "image": "agent:1"}],
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": f"claim-{volume}"}}]})

    def waited(self, pause: Any, timeout: int = 60) -> list[str]:
        lines: list[str] = []
        wait_until_detached(self.api, self.node, timeout=timeout, progress=lines.append, pause=pause)
        return lines


@pytest.fixture
def volumes(bare_api: BareApi) -> Iterator[Volumes]:
    there = Volumes(bare_api.api("system:setup"), f"detach{next(_numbers)}")
    there.has("v1", "Namespace", there.namespace, cluster_wide=True)
    try:
        yield there
    finally:
        for api_version, kind, name, namespace in reversed(there.made):
            there.api.delete(api_version, kind, name, namespace)


def nobody_waits() -> None:
    raise AssertionError("it waited")


def test_a_node_without_volumes_is_not_waited_for(volumes: Volumes):
    volumes.attach("pv-1", f"{volumes.namespace}-b")
    assert volumes.waited(nobody_waits) == []


def test_a_volume_that_still_hangs_on_the_node_is_waited_for_and_told_once(volumes: Volumes):
    volumes.attach("pv-1", volumes.node)
    looks = iter([lambda: None, lambda: volumes.detach("pv-1")])

    def look() -> None:
        next(looks)()

    assert volumes.waited(look) == [f"Waiting until volumes are detached from node {volumes.node}: pv-1"]


def test_a_volume_that_never_goes_is_named(volumes: Volumes):
    volumes.attach("pv-1", volumes.node)
    with pytest.raises(NotReady, match=rf"Volumes are still attached to node {volumes.node} after 0 s.*pv-1"):
        volumes.waited(lambda: None, timeout=0)


def test_a_volume_of_a_pod_that_stays_is_not_waited_for(volumes: Volumes):
    volumes.attach("pv-2", volumes.node)
    volumes.use("pv-2")
    assert volumes.waited(nobody_waits) == []
