# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys of a host stay there; what leaves it are requests."""
from __future__ import annotations

from component.plugins.plugin_utils.ssh.shells import run, tree


def test_keys_stay_and_requests_go(host):
    planned = run(host, ["kubelet"], "plan", node_name="web-1", wants=["client", "serving"])
    assert len(planned.steps) == 2
    assert tree(host.root) == {}
    applied = run(host, ["kubelet"], "apply", node_name="web-1", wants=["client", "serving"])
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    assert applied.facts["client_request"].startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert not any("PRIVATE" in text for text in applied.facts.values())
    key = host.root / "var/lib/kubelet/pki/client.key.pending"
    assert key.stat().st_mode & 0o777 == 0o600
    # killed before the certificate came: the same keys ask again
    again = run(host, ["kubelet"], "apply", node_name="web-1", wants=["client", "serving"])
    assert again.steps == []
    assert again.facts["serving_request"]


def test_a_kubelet_whose_node_is_gone_starts_anew(host):
    """It would never register itself again."""
    inner = host.execute
    host.execute = lambda command, data: inner(command, data.replace(b"\nhave() { ", b"\nsystemctl() { :; }\ntimeout() { false; }\nhave() { "))
    steps = {registers: run(host, ["kubelet", "enrol"], "plan", node_name="web-1", wants=[], registers=registers).steps for registers in ("yes", "")}
    assert [step.title for step in steps["yes"]] == ["Restart kubelet"]
    assert steps[""] == []
