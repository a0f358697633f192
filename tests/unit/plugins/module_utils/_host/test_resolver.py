# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.kubelet import check_user_config
from ansible_collections.kubermatic.caas.plugins.module_utils._host.resolver import PLAIN, RESOLVED
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from unit.plugins.module_utils._host.test_capabilities import WORDS
from unit.plugins.module_utils._seed.test_machine_rules import HOST as MACHINE
from unit.plugins.module_utils._seed.test_machine_rules import SEED

GOOD, LOCAL, STUB = "nameserver 203.0.113.53\nsearch example.com\n", "nameserver 127.0.0.1\n", "nameserver 127.0.0.53\n"


def host(**texts: str):
    facts = {key: value for key, value in WORDS.items() if not key.startswith("resolv_conf:")}
    paths = {"plain": PLAIN, "resolved": RESOLVED, "own": "/etc/pods.conf"}
    return replace(read_host({**facts, **{f"resolv_conf:{paths[name]}": text for name, text in texts.items()}}, before=1000, after=1001),
                   ports_in_use=frozenset())


def refusals(of, config=None):
    return nodes.objections(of, cluster="demo", bundle="", node=None, kubelet_config=config or {})


@pytest.mark.parametrize(("texts", "resolved"), [
    ({"plain": GOOD}, False),
    ({"plain": STUB, "resolved": GOOD}, True),
    ({"plain": LOCAL, "resolved": GOOD}, True),
    # the same in both: as before
    ({"plain": GOOD, "resolved": GOOD}, True),
    # somebody wrote the company's servers there, and systemd-resolved does not know them
    ({"plain": GOOD, "resolved": "nameserver 192.0.2.1\n"}, False),
    ({"resolved": GOOD}, True),
    ({}, False),
])
def test_the_file_counts_whose_servers_the_host_itself_uses(texts, resolved):
    assert host(**texts).systemd_resolved is resolved


@pytest.mark.parametrize(("texts", "config", "part"), [
    ({"plain": LOCAL}, {}, "/etc/resolv.conf names only 127.0.0.1, where pods find no DNS server"),
    ({"plain": "nameserver ::1\nnameserver 127.0.0.1\n"}, {}, "only ::1 and 127.0.0.1"),
    ({"plain": STUB, "resolved": LOCAL}, {}, f"{RESOLVED} names only 127.0.0.1"),
    ({"plain": GOOD, "own": LOCAL}, {"resolvConf": "/etc/pods.conf"}, "/etc/pods.conf names only 127.0.0.1"),
    ({"plain": GOOD}, {"resolvConf": "/etc/pods.conf"}, "The file /etc/pods.conf, which resolvConf of kubelet_config names, is not on this host"),
    ({"plain": LOCAL, "own": GOOD}, {"resolvConf": "/etc/pods.conf"}, ""),
    ({"plain": STUB, "resolved": GOOD}, {}, ""),
])
def test_a_resolver_that_pods_cannot_use_is_refused_with_the_way_out(texts, config, part):
    found = refusals(host(**texts), config)
    assert [part in text for text in found] == ([True] if part else [])
    assert not found or "resolvConf" in found[0]


def test_a_node_that_runs_is_warned_but_not_refused():
    mark = nodes.mark("demo", CA := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    joined = replace(host(plain=LOCAL), mark=mark)
    assert nodes.objections(joined, cluster="demo", bundle=CA, node=None, kubelet_config={}) == []
    assert "names only 127.0.0.1" in nodes.warnings(joined, kubelet_config={})[0]


@pytest.mark.parametrize(("text", "part"), [
    ("", "/etc/resolv.conf names no nameserver"),
    ("# nothing\noptions edns0\n", "names no nameserver"),
    ("".join(f"nameserver 203.0.113.{number}\n" for number in range(4)), "names 4 nameservers: pods get the first 3"),
    (GOOD + "search " + " ".join(f"d{number}.example" for number in range(30)), "searches 30 domains"),
    (GOOD + "search " + " ".join("x" * 90 + f"{number}.example" for number in range(25)), "2048 characters"),
    (LOCAL + GOOD, "/etc/resolv.conf names 127.0.0.1, which pods can't reach"),
    (GOOD, ""),
])
def test_a_resolver_of_which_pods_get_a_part_is_a_warning(text, part):
    assert refusals(host(plain=text)) == []
    found = nodes.warnings(host(plain=text), kubelet_config={})
    assert [part in line for line in found] == ([True] if part else [])


def test_a_machine_of_a_seed_is_looked_at_as_well():
    machine = replace(MACHINE, resolv_confs={PLAIN: LOCAL})
    assert "names only 127.0.0.1" in seeds.objections(SEED, machine, None, "")[0]
    named = replace(SEED, kubelet_config={"resolvConf": "/etc/pods.conf"})
    assert seeds.objections(named, replace(machine, resolv_confs={PLAIN: LOCAL, "/etc/pods.conf": GOOD}), None, "") == []


@pytest.mark.parametrize("path", [3, "etc/resolv.conf", "/etc/resolv conf", "/etc/x\n", ["/etc/resolv.conf"], True])
def test_a_path_that_is_none_is_one_line(path):
    with pytest.raises(InvalidInput, match="resolvConf of kubelet_config"):
        check_user_config({"resolvConf": path})
