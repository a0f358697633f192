# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at Hetzner Cloud: by its label alone, and nothing of others."""
from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.resources_client import HetznerResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, RETAINED, Said
from lab.cloud.hetzner.server import TOKEN
from worlds.hetzner import World, world
from worlds.world import OTHER_UID, UID

OURS = {"kubermatic-caas": UID}
SELECTOR = [{"type": "label_selector", "label_selector": {"selector": f"kubermatic-caas={UID}"}}]


def resources(there: World) -> HetznerResources:
    return HetznerResources(SimpleNamespace(params={"hetzner_token": TOKEN, "hetzner_url": there.cloud.url}, uid=UID, cluster="demo", clock=there.clock,
                                            progress=there.lines.append, check_mode=False, must_hold_lock=lambda: None))


def test_all_that_carries_the_label_goes_and_nothing_else():
    with world() as there:
        add = there.project.add
        server = add("servers", "demo-web-1", OURS)
        add("volumes", "data", OURS, server=server.id)
        add("load_balancers", "shop", OURS)
        add("firewalls", "pool", OURS, apply_to=list(SELECTOR))
        add("ssh_keys", "key", OURS, public_key="ssh-ed25519 AAAA")
        others = [add("servers", "demo-web-2", {"kubermatic-caas": OTHER_UID}), add("volumes", "data-2"), add("firewalls", "theirs", apply_to=[])]
        seen = resources(there)
        found = seen.find(Said())
        assert [(one.kind, one.name) for one in found.ours] == [
            ("machine", "demo-web-1"), ("load balancer", "shop"), ("volume", "data"), ("firewall", "pool"), ("SSH key", "key")] and found.kept == ()
        for one in found.ours:
            seen.remove(one)
            # one that is gone is as good
            seen.remove(one)
            assert not seen.exists(one)
        assert seen.find(Said()).ours == () and all(one.gone is None for one in others)


def test_what_others_need_or_want_stays():
    with world() as there:
        add = there.project.add
        stranger = add("servers", "somebodys")
        add("volumes", "moved", OURS, server=stranger.id)
        kept = add("volumes", "kept", OURS, server=None)
        add("firewalls", "shared", OURS, apply_to=[*SELECTOR, {"type": "server", "server": {"id": stranger.id}}])
        found = resources(there).find(Said(retained=frozenset({str(kept.id)})))
        assert found.ours == () and {one.name: one.why for one in found.kept} == {
            "moved": ELSEWHERE, "kept": RETAINED, "shared": "it protects other machines, too"}
