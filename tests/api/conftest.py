# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One real Kubernetes API for all tests, and for each test a namespace of its own."""
from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.bare_api import BareApi, program
from api.manifest_set import ManifestSet

_numbers = itertools.count(1)
# what a seed must have
STORAGE_CLASS: dict[str, Any] = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "example.org/none", "metadata": {
    "name": "fast", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}}


@contextmanager
def _started(directory: Path) -> Iterator[BareApi]:
    bare = BareApi(directory)
    try:
        bare.start()
        bare.api("system:setup").create(STORAGE_CLASS)
        yield bare
    finally:
        bare.stop()


@pytest.fixture(scope="session")
def bare_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareApi]:
    """etcd and kube-apiserver: kubeconfig(user, groups), api(user, groups), watched()."""
    with _started(tmp_path_factory.mktemp("bare-api")) as bare:
        yield bare


@pytest.fixture(scope="module")
def namespace_controller(bare_api: BareApi) -> Iterator[None]:
    """Ends namespaces that are deleted."""
    words = [program("kube-controller-manager"), "--kubeconfig", bare_api.kubeconfig("system:kube-controller-manager"),
             "--controllers=namespace-controller", "--leader-elect=false", "--secure-port=0"]
    with (bare_api.directory / "namespace-controller.log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        yield
        process.terminate()


@pytest.fixture(scope="session")
def second_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareApi]:
    """Of another seed."""
    with _started(tmp_path_factory.mktemp("second-api")) as bare:
        yield bare


@pytest.fixture
def cluster(bare_api: BareApi) -> str:
    """Name of a cluster whose namespace exists."""
    name = f"test{next(_numbers)}"
    bare_api.api("system:setup").create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"cluster-{name}"}})
    return name


@pytest.fixture
def manifest_set(bare_api: BareApi, cluster: str) -> ManifestSet:
    return ManifestSet(bare_api, cluster)


@pytest.fixture
def customers(bare_api: BareApi, provider: Any) -> Iterator[Any]:
    """Of a provider, see pools.py. Files of tests say which one."""
    with provider.customers(bare_api) as found:
        yield found


@pytest.fixture
def demo(customers: Any) -> Any:
    return customers()
