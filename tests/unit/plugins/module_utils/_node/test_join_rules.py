# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509

CA, CA_KEY = x509.self_signed_ca("demo cluster-ca")
OTHER_CA, _OTHER_KEY = x509.self_signed_ca("other cluster-ca")
HOST = replace(read_host({}, before=0, after=1), machine_id="aaaa", addresses=("10.0.0.5", "10.0.1.5"), source_address="10.0.1.5")
FREE = Capability(None, (), frozenset())
KNOWN = ["1.37.2", "1.36.3", "1.35.4", "1.34.4", "1.33.13"]


def test_the_mark_names_cluster_and_authority():
    text = nodes.mark("demo", CA)
    assert nodes.Owner.of(text) == nodes.Owner("demo", x509.fingerprint(CA))


def test_the_mark_outlives_the_rotation_of_the_authority():
    joined = replace(HOST, mark=nodes.mark("demo", CA))
    assert nodes.kept_mark(joined, "demo", OTHER_CA + CA) == joined.mark
    assert nodes.foreign(joined, "demo", OTHER_CA + CA) == ""


@pytest.mark.parametrize(("mark", "part"), [
    ("", ""),
    (nodes.mark("demo", CA), ""),
    (nodes.mark("other", CA), "belongs to cluster other"),
    (nodes.mark("demo", OTHER_CA), "earlier cluster that was also named demo"),
    ("seed: fra1\n", "belongs to cluster the seed fra1"),
    ("garbage", "belongs to cluster unknown"),
])
def test_a_host_of_another_cluster_is_told(mark, part):
    found = nodes.foreign(replace(HOST, mark=mark), "demo", CA)
    assert part in found
    assert bool(found) == bool(part)


def node(machine: str) -> dict:
    return {"metadata": {"name": "web-1"}, "status": {"nodeInfo": {"machineID": machine}}}


@pytest.mark.parametrize(("found", "told"), [(None, False), (node("aaaa"), False), (node("bbbb"), True), ({"metadata": {"name": "web-1"}}, False)])
def test_another_machine_of_the_same_name(found, told):
    assert bool(nodes.impostor(HOST, found)) == told


def test_address():
    assert nodes.node_address(HOST, None) == "10.0.1.5"
    assert nodes.node_address(HOST, "10.0.0.5") == "10.0.0.5"
    with pytest.raises(InvalidInput, match=r"10\.9\.9\.9 is not an address of the host"):
        nodes.node_address(HOST, "10.9.9.9")
    with pytest.raises(InvalidInput, match="no route"):
        nodes.node_address(replace(HOST, addresses=(), source_address=""), None)


@pytest.mark.parametrize(("cluster", "wanted", "newest", "version", "warned"), [
    ("1.36.3", None, None, "1.36.3", False),
    ("1.36.3", "1.34.4", None, "1.34.4", False),
    ("1.36.3", None, (1, 37), "1.36.3", False),
    ("1.36.3", None, (1, 35), "1.35.4", True),
    # nothing on offer is that old: the oldest that the control plane allows
    ("1.36.3", None, (1, 31), "1.33.13", True),
    ("1.37.2", None, (1, 31), "1.34.4", True),
    ("1.36.3", "1.36.3", (1, 31), "1.36.3", True),
])
def test_kubelet_version(cluster, wanted, newest, version, warned):
    found, warnings = nodes.kubelet_version(cluster=cluster, wanted=wanted, capability=Capability(newest, ("old kernel",), frozenset()), known=KNOWN)
    assert found == version
    assert bool(warnings) == warned


@pytest.mark.parametrize(("wanted", "installed", "part"), [
    ("1.37.2", "", "newer than the control plane"), ("1.32.1", "", "more than 3"), (None, "1.37.2", "downgrade"),
    ("1.36.4", "", "not known"), ("1.35.99", "", "not known"), ("v1.36", "", "node_kubernetes_version")])
def test_kubelet_versions_that_are_refused(wanted, installed, part):
    with pytest.raises(InvalidInput, match=part):
        nodes.kubelet_version(cluster="1.36.3", wanted=wanted, capability=FREE, known=KNOWN, installed=installed)


@pytest.mark.parametrize(("mark", "certificate", "installed", "runs"), [
    (nodes.mark("demo", CA), "a certificate", "1.35.4", "1.35.4"),
    # what lies on a host that never was a node is nobody's; nor is what an earlier cluster left
    (nodes.mark("demo", CA), "", "1.35.4", ""), ("", "a certificate", "1.35.4", ""), (nodes.mark("shop", CA), "a certificate", "1.35.4", ""),
    (nodes.mark("demo", CA), "a certificate", "", ""), (nodes.mark("demo", CA), "a certificate", "v1.35.4-custom", "")])
def test_which_kubelet_runs(mark: str, certificate: str, installed: str, runs: str):
    host = replace(HOST, mark=mark, client_certificate=certificate, installed={"kubelet": installed} if installed else {})
    assert nodes.running_kubelet(host, "demo", CA) == runs


@pytest.mark.parametrize("runs", ["1.35.4", "1.33.13", "1.36.2", "1.36.3"])
@pytest.mark.parametrize("newest", [None, (1, 31)])
def test_the_kubelet_of_a_node_that_runs_is_never_changed(runs: str, newest: tuple[int, int] | None):
    able = Capability(newest, ("old kernel",), frozenset())
    for wanted in (None, runs, runs.rpartition(".")[0]):
        assert nodes.kubelet_version(cluster="1.36.3", wanted=wanted, capability=able, known=KNOWN, installed=runs, runs=runs) == (runs, [])
    with pytest.raises(InvalidInput, match=r"kubelet .* runs on this node, and 1.34.4 is wanted .*Write node_kubernetes_version: .*remove_node"):
        nodes.kubelet_version(cluster="1.36.3", wanted="1.34.4", capability=able, known=KNOWN, installed=runs, runs=runs)


def test_a_kubelet_that_is_ahead_of_its_control_plane_is_told_and_left():
    found, warnings = nodes.kubelet_version(cluster="1.36.3", wanted=None, capability=FREE, known=KNOWN, installed="1.37.2", runs="1.37.2")
    assert found == "1.37.2" and "newer than the control plane (1.36.3)" in warnings[0]


@pytest.mark.parametrize(("wanted", "version"), [("1.36", "1.36.3"), ("1.35", "1.35.4"), ("1.35.1", "1.35.1"), ("1.36.1", "1.36.1")])
def test_a_new_node_may_get_what_its_neighbours_run(wanted: str, version: str):
    assert nodes.kubelet_version(cluster="1.36.3", wanted=wanted, capability=FREE, known=KNOWN)[0] == version


@pytest.mark.parametrize("name", ["web-1", "a", "ip-10-0-0-1.eu-central-1.compute.internal", "1host"])
def test_good_names(name):
    nodes.check_name(name)


@pytest.mark.parametrize("name", ["", "Web", "web_1", "-a", "a-", "a..b", "a" * 53, "a\n", "$(reboot)", "a/CN=admin"])
def test_bad_names(name):
    with pytest.raises(InvalidInput):
        nodes.check_name(name)


def certificate(*, days: int = 365, organization: str = "system:nodes", cn: str = "system:node:web-1", usage: str = "server",
                ips: tuple[str, ...] = ("10.0.1.5",), ca: tuple[str, str] = (CA, CA_KEY)):
    pem, _key = x509.issue(*ca, cn=cn, organizations=[organization], dns=["web-1"], ips=ips, usages=[usage], days=days)
    return x509.describe(pem, authorities=[CA])


def due(facts, *, pair=True, usage="server", names=("web-1", "10.0.1.5"), now=None):
    return nodes.certificate_due(facts, pair=pair, common_name="system:node:web-1", names=names, usage=usage, now=now)


def test_when_a_certificate_is_due():
    good = certificate()
    assert due(good) == ""
    assert due(None) == "there is none"
    assert due(good, pair=False) == "it doesn't fit its key"
    assert due(certificate(ca=x509.self_signed_ca("x"))) == "its CA didn't sign it"
    assert due(certificate(cn="system:node:web-2")) == "it belongs to another node"
    assert due(certificate(organization="other")) == "it belongs to another node"
    assert due(certificate(usage="client")) == "it belongs to another node"
    assert due(certificate(ips=())) == "names differ"
    # nobody vouches for it any more
    assert due(certificate(ips=("10.0.1.5", "10.0.1.6"))) == "names differ"
    assert due(certificate(days=29)) == "it expires"
    # kubelet renews that one itself, unless it was off for long
    client = certificate(usage="client", days=29)
    assert due(client, usage="client", names=()) == ""
    assert due(client, usage="client", names=(), now=datetime.now(UTC) + timedelta(days=30)) == "it expires"


def test_all_objections_come_at_once():
    found = nodes.objections(replace(HOST, mark=nodes.mark("other", CA), swap=True), cluster="demo", bundle=CA, node=node("bbbb"), kubelet_config={})
    text = " ".join(found)
    for part in ("cluster other", "Another machine is node web-1", "Swap is on"):
        assert part in text


def test_swap_is_the_users_choice():
    found = nodes.objections(replace(HOST, swap=True), cluster="demo", bundle=CA, node=None, kubelet_config={"failSwapOn": False})
    assert "Swap" not in " ".join(found)


@pytest.mark.parametrize(("kernel", "mode", "told"), [
    ("4.15.0-213-generic", "nftables", True), ("4.15.0-213-generic", "iptables", False), ("4.15.0-213-generic", "", False), ("6.1.0", "nftables", False)])
def test_an_old_kernel_and_nftables(kernel, mode, told):
    found = nodes.objections(replace(HOST, kernel=kernel), cluster="demo", bundle=CA, node=None, kubelet_config={}, kube_proxy_mode=mode)
    assert ("nftables" in " ".join(found)) == told


@pytest.mark.parametrize("provider_id", ["digitalocean://3164444", "aws:///eu-central-1a/i-0123456789abcdef0", "aws:///us-gov-west-1b/i-01234567"])
@pytest.mark.parametrize("node", [None, {"spec": {}}, "same"])
def test_a_machine_is_named_as_its_cloud_does(provider_id: str, node):
    registered = {"spec": {"providerID": provider_id}} if node == "same" else node
    for cloud_provider in ("", "none", provider_id.partition(":")[0]):
        nodes.check_provider_id(provider_id, cloud_provider=cloud_provider, node=registered)


@pytest.mark.parametrize(("provider_id", "given", "part"), [
    ("3164444", {}, "Write one like aws:///eu-central-1a/i-0123456789abcdef0 or digitalocean://3164444"), ("digitalocean://0", {}, "is not valid"),
    ("digitalocean://3164444\n", {}, "is not valid"), ("digitalocean://{{ 7*7 }}", {}, "is not valid"), ("aws:///eu-central-1a/i-xyz", {}, "is not valid"),
    ("digitalocean://3164444", {"cloud_provider": "aws"}, "is a machine of DigitalOcean, and the cluster has cloud_provider: aws"),
    ("digitalocean://3164444", {"node": {"spec": {"providerID": "digitalocean://1"}}}, "The node is machine digitalocean://1 and can't become")])
def test_another_machine_is_refused(provider_id: str, given: dict, part: str):
    with pytest.raises(InvalidInput, match=part) as failure:
        nodes.check_provider_id(provider_id, **{"cloud_provider": "digitalocean", "node": None, **given})
    assert failure.value.line().isprintable()
