# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host import kubelet
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability


def config(version="1.36.3", switches=(), user=None):
    return kubelet.kubelet_config(version=version, capability=Capability(None, (), frozenset(switches)), dns_address="10.96.0.10",
                                  dns_domain="cluster.local", user=user or {})


def test_nobody_gets_in_without_a_certificate_or_a_token():
    found = config()
    assert found["authentication"]["anonymous"]["enabled"] is False
    assert found["authorization"]["mode"] == "Webhook"
    assert "staticPodPath" not in found
    assert "readOnlyPort" not in found


@pytest.mark.parametrize(("version", "switches", "expected"), [
    ("1.36.3", {"cgroup_v1", "cgroupfs"}, False), ("1.31.0", {"cgroup_v1"}, False), ("1.30.4", {"cgroup_v1"}, None), ("1.36.3", set(), None)])
def test_cgroup_v1_is_allowed_where_the_field_exists(version, switches, expected):
    assert config(version, switches).get("failCgroupV1") is expected


def test_switches():
    assert config()["cgroupDriver"] == "systemd"
    assert config(switches={"cgroupfs"})["cgroupDriver"] == "cgroupfs"
    assert "resolvConf" not in config()
    assert config(switches={"systemd_resolved"})["resolvConf"] == "/run/systemd/resolve/resolv.conf"


def test_the_users_fields_are_merged():
    found = config(user={"maxPods": 50, "evictionHard": {"memory.available": "1Gi"}})
    assert found["maxPods"] == 50
    assert found["evictionHard"] == {"memory.available": "1Gi"}
    assert kubelet.merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize("field", sorted(kubelet.FIXED))
def test_what_proves_the_node_is_not_the_users(field):
    with pytest.raises(InvalidInput, match=field):
        config(user={field: "x"})


def test_the_kubeconfig_names_files_only():
    text = str(kubelet.kubelet_kubeconfig(cluster="demo", node_name="web-1", server="https://10.0.0.1:30443"))
    assert "-data" not in text
    assert "/var/lib/kubelet/pki/kubelet-client-current.pem" in text


def test_no_limit_is_raised_where_that_is_not_allowed():
    unit = kubelet.kubelet_unit(node_name="web-1", node_address="10.0.0.5", raise_limits=False)
    assert "OOMScoreAdjust" not in unit
    assert "--hostname-override=web-1 --node-ip=10.0.0.5" in unit


def test_a_machine_of_a_cloud():
    known = kubelet.kubelet_config(version="1.36.3", capability=Capability(None, (), frozenset()), dns_address="10.96.0.10", dns_domain="cluster.local",
                                   user={}, provider_id="digitalocean://3164444")
    assert known["providerID"] == "digitalocean://3164444" and "providerID" not in config()
    units = {cloud: kubelet.kubelet_unit(node_name="web-1", node_address="203.0.113.21", raise_limits=True, cloud=cloud) for cloud in (True, False)}
    assert " --node-ip=203.0.113.21 --cloud-provider=external\n" in units[True] and "cloud-provider" not in units[False]


@pytest.mark.parametrize("most", [251, 500, 0, -1, "110", True, 1.5])
def test_more_pods_than_a_node_has_addresses_for(most):
    with pytest.raises(InvalidInput, match=r"maxPods .* from 1 to 250"):
        kubelet.check_user_config({"maxPods": most})


def test_pods_that_a_node_has_addresses_for():
    kubelet.check_user_config({"maxPods": 250})
    kubelet.check_user_config({"maxPods": None})
