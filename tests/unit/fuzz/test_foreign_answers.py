# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever a customer's API, a host or a cloud answers: it is used, or one line says why not. Never a traceback.

A few hundred answers of each sort, the same every time. `scripts/test fuzz` tries 100,000 in all (FUZZ says how many, FUZZ_FROM where to begin).
A failure names its number: FUZZ_FROM=number FUZZ=1 shows it again.
"""
from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from urllib3 import HTTPHeaderDict

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import status
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core import lock_store as leases
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import comparison, readiness
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import objects_store as live_objects
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import Answer
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import CUSTOMER
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import wait_client as waiting
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import yaml_text as manifest_yaml
from ansible_collections.kubermatic.caas.plugins.module_utils._node import identity as node_identity
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import hosts as pool_hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import orphans
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.machines_client import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import DigitalOceanOrphans
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Said
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_errors import Answer as CloudAnswer
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_NODE
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.drain import drain, may_just_end
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.machine import SeedMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble
from lab.cloud.clock import SimulatedClock
from unit.fuzz import samples
from unit.fuzz.mutations import body_of, texts_of

FIRST, SORTS = int(os.environ.get("FUZZ_FROM", "0")), 17
MANY = int(os.environ.get("FUZZ", "0"))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BUNDLE, _KEY = x509.self_signed_ca("demo")
RECORD = Record("demo", "Running", "2026-03-01T12:00:00Z", uid="11111111-1111-1111-1111-111111111111")


class Foreign(KubeApi):
    """An API of which nothing is believed. good: path -> what a good one answers."""

    random = Random()

    def __init__(self) -> None:
        super().__init__(Access("https://192.0.2.1:6443"), limits=CUSTOMER, title="The API of cluster demo")

    def _sent(self, method: str, path: str, *dummy: Any) -> Answer:
        good = next((answer for part, answer in samples.ANSWERS if path.startswith(part)), {})
        if method in ("POST", "PATCH", "PUT"):
            good = samples.OF_KIND.get(path.rpartition("/")[2], samples.NODE)
        # most of the answers of one attempt are good, or nothing would ever get far
        data = json.dumps(good).encode() if self.random.random() < 0.5 else body_of(self.random, good)
        code = self.random.choice((200, 200, 200, 200, 200, 200, 200, 404, 409, 410, 422, 500, 503, 302, 401, 403, 999))
        kind = self.random.choice(("application/json",) * 8 + ("text/html", "", "application/json; charset=x"))
        headers = HTTPHeaderDict({"Content-Type": kind})
        if self.random.random() < 0.1:
            headers.add("Warning", self.random.choice(('299 - "a\tb"', '299 - "\\u12"', "299", '299 - "\\"', "x" * 5000)))
            headers.add("Date", self.random.choice(("", "x", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 5000)))
        return Answer(code, headers, data)


def attempts() -> Iterator[Random]:
    for number in range(FIRST, FIRST + (MANY // SORTS + 1 if MANY else 200)):
        random = Random(number)
        random.number = number  # type: ignore[attr-defined]
        yield random


def try_all(work: Callable[[Random], Any]) -> None:
    """Judges how the work failed, if it did."""
    for random in attempts():
        try:
            work(random)
        except CaasError as error:
            line = error.line()
            assert line.strip() and "\n" not in line and line.isprintable() and "Traceback" not in line and len(line) < 5000, (random.number, line)
        except Exception as error:
            raise AssertionError(f"FUZZ_FROM={random.number} FUZZ=1: {type(error).__name__}: {str(error)[:500]}") from error


@pytest.fixture(scope="module")
def api() -> Foreign:
    return Foreign()


def with_api(api: Foreign, work: Callable[[Foreign], Any]) -> Callable[[Random], Any]:
    def attempt(random: Random) -> Any:
        api.random = random
        api._discovered, api.warnings, api._ahead = {}, [], None
        return work(api)
    return attempt


def test_status(api: Foreign):
    def look(api: Foreign) -> None:
        found = status.status("demo", "cluster-demo", None, [*api.list("apps/v1", "StatefulSet", "a"), *api.list("apps/v1", "Deployment", "a")],
                              api.list("v1", "Node"), [], NOW)
        assert status.table([found]).replace("\n", "").isprintable()

    try_all(with_api(api, look))


def test_what_a_cluster_made_at_its_cloud(api: Foreign):
    def look(api: Foreign) -> None:
        contents = api.list("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent")
        provider = INTEGRATIONS[api.random.choice(("digitalocean", "aws"))]
        orphans.said(provider, api.list("v1", "PersistentVolume"), contents, api.list("v1", "Service"))

    try_all(with_api(api, look))


def test_a_node_and_what_is_done_with_it(api: Foreign):
    host = read_host(samples.FACTS, before=0, after=1)

    def look(api: Foreign) -> None:
        node = api.get("v1", "Node", "web-1")
        if node is None:
            return
        nodes.impostor(host, node)
        nodes.objections(host, cluster="demo", bundle="", node=node, kubelet_config={})
        nodes.check_provider_id("digitalocean://3164444", cloud_provider="digitalocean", node=node)
        node_object.taints_patch(node, [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])
        node_object.labels_differ(node, {"a": "b"})
        node_object.provider_id_patch(node, "x")
        assert node_object.ready(node) and (node_object.takes_pods(node), node_object.kubelet_version(node), node_object.is_being_removed(node))
        others = [(str(one["metadata"]["name"]), node_object.addresses(one)) for one in api.list("v1", "Node")]
        node_identity.claims("203.0.113.21", node_name="web-1", ssh_address="", endpoint="198.51.100.10", others=others)
        api.patch("v1", "Node", "web-1", None, node_object.cordon_patch())
        api.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "web-1"}})
        api.delete("v1", "Node", "web-1")

    try_all(with_api(api, look))


def test_a_drain(api: Foreign):
    def look(api: Foreign) -> None:
        drain(api, "web-1", timeout=-1, progress=lambda text: None, pause=lambda: None)
        for pod in api.list("v1", "Pod"):
            may_just_end(api, pod, "web-1")

    try_all(with_api(api, look))


def test_hosts_of_node_pools(api: Foreign):
    pool = NodePool("demo", "web", "digitalocean", 1, "fra1", "s-2vcpu-4gb", "debian-12-x64")
    try_all(with_api(api, lambda api: pool_hosts.look([pool], {"web": []}, api.list("v1", "Node"), RECORD)))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Pod", "Node", "APIService"])
def test_whether_something_is_ready(api: Foreign, kind: str):
    version = {"Pod": "v1", "Node": "v1", "APIService": "apiregistration.k8s.io/v1"}.get(kind, "apps/v1")

    def look(api: Foreign) -> None:
        manifest = {"apiVersion": version, "kind": kind, "metadata": {"name": "web-1", **({} if kind in ("Node", "APIService") else {"namespace": "default"})}}
        live = live_objects.current(api, manifest)
        readiness.judge(live)
        readiness.judge_start(live, api.list("v1", "Pod"))
        assert "\n" not in CaasError(waiting.what_is_wrong(api, manifest)).line()

    try_all(with_api(api, look))


def test_a_set_of_manifests(api: Foreign):
    manifest = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web-1", "namespace": "default"}, "spec": {"replicas": 1}}

    def look(api: Foreign) -> None:
        live = live_objects.listed(api, [("apps/v1", "Deployment"), ("v1", "Secret")], namespace="default", selector="a=b", needed=set())
        then = live_objects.predicted(api, [manifest], existing=live).get(key_of(manifest), manifest)
        for now in live.values():
            comparison.covers(now, manifest)
            comparison.differs(now, then)
            manifest_yaml.dump(comparison.masked(comparison.cleaned(now)))
        manifest_yaml.dump(comparison.masked(comparison.cleaned(then)))

    try_all(with_api(api, look))


def test_what_else_is_asked(api: Foreign):
    def look(api: Foreign) -> None:
        for ask in (api.server_version, api.ready, lambda: api.allowed("get", "", "secrets"), lambda: api.resource("example.org/v1", "Thing"),
                    lambda: leases.lock_of(api.get(leases.API, leases.KIND, leases.NAME, "default") or {"metadata": {}})):
            ask()

    try_all(with_api(api, look))


def test_facts_of_a_host():
    def look(random: Random) -> None:
        facts = texts_of(random, samples.FACTS)
        marker = "caas-1"

        def execute(command: str, data: bytes, **dummy: Any) -> dict[str, Any]:
            lines = [f"{data.decode().partition('marker=')[2].partition(chr(10))[0]} fact {key}={value}" for key, value in facts.items()]
            return {"rc": 0, "stderr": "", "stdout": "\n".join([*lines, lines[0].split(" ")[0] + " done ."])}

        answer = Remote(execute, marker).run(assemble(["facts"]))
        host = read_host(answer.facts if random.random() < 0.5 else facts, before=time.time(), after=time.time())
        able = hosts.capability(host)
        hosts.warnings(host, pod_cidr="10.244.0.0/16")
        nodes.warnings(host, kubelet_config={}, pod_cidr="10.244.0.0/16")
        networks = {"pod_cidr": "10.244.0.0/16", "service_cidr": "10.96.0.0/16"}
        nodes.objections(host, cluster="demo", bundle=BUNDLE, node=samples.NODE, kubelet_config={}, kube_proxy_mode="nftables", networks=networks)
        nodes.kubelet_version(cluster="1.36.3", wanted=None, capability=able, known=["1.36.3", "1.35.2"], installed=host.installed.get("kubelet", ""))
        node_identity.overlapping(host, networks)
        node_identity.serving_addresses(host, nodes.node_address(host, None), cloud=True, endpoint="198.51.100.10", networks=networks.values())
        nodes.kept_mark(host, "demo", BUNDLE)

    try_all(look)


def test_facts_of_a_machine_of_a_seed():
    params = validated("seed_node", argument_spec(SEED_NODE), {}, {"seed_kubeconfig": "x", "seed": "fra1", "machine": "fra1-a", "seed_address": "203.0.113.21"})

    def look(random: Random) -> None:
        facts = texts_of(random, {**samples.FACTS, "mark": "", **samples.SEED_FACTS})

        def execute(command: str, data: bytes, **dummy: Any) -> dict[str, Any]:
            marker = data.decode().partition("marker=")[2].partition("\n")[0]
            lines = [f"{marker} text {key} {base64.b64encode(value.encode('utf-8', 'replace')).decode() or '='}" for key, value in facts.items()]
            return {"rc": 0, "stderr": "", "stdout": "\n".join([*lines, f"{marker} done ."])}

        machine = SeedMachine(Remote(execute, "fra1-a"), dict(params), lambda text: None).look()
        assert machine.able is not None

    try_all(look)


def test_lines_of_a_host():
    words = ("fact a=b", "text a eA==", "diff /x - =", "changed x", "took 5", "note x", "warning x", "error x. y", "done .", "begun .", "diff a", "took x",
             "text", "")
    ends = ("", "", "\x00", " \ud800", " eA==", "\x1b[2J")

    def look(random: Random) -> None:
        def execute(command: str, data: bytes, **dummy: Any) -> dict[str, Any]:
            marker = data.decode().partition("marker=")[2].partition("\n")[0]
            lines = [f"{marker} {random.choice(words)}{random.choice(ends)}" for dummy in range(random.randrange(20))]
            return {"rc": random.choice((0, 1, 3, 137, 255)), "stderr": random.choice(("", "sudo: x", "\x1b[2J")), "stdout": "\n".join(lines)}

        answer = Remote(execute, "web-1", becomes=random.choice(("", "sudo"))).run(assemble(["reset"]))
        assert answer.plan.titles() is not None and answer.sentences() is not None and answer.plan.diff() is not None

    try_all(look)


class Cloud(DigitalOceanApi):
    random = Random()

    def _once(self, method: str, path: str, query: dict[str, Any] | None, body: Any) -> CloudAnswer:
        good = next((answer for part, answer in samples.CLOUD if path.startswith(part)), {})
        data = body_of(self.random, good) if self.random.random() < 0.7 else json.dumps(good).encode()
        return CloudAnswer(self.random.choice((200, 200, 200, 200, 404, 422, 403, 500, 302)), {}, data)


def test_a_cloud():
    def look(random: Random) -> None:
        api = Cloud("dop_v1_of_a_test_that_opens_nothing", clock=SimulatedClock(), progress=lambda text: None)
        api.random = random
        for one in Droplets(api, RECORD.uid).machines():
            assert one.name is not None
        DigitalOceanOrphans(api, RECORD.uid).find(Said(ids=frozenset({"b1"}), retained=frozenset({"v1"})))

    try_all(look)
