# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at several providers, in one go. What each of them has is in the test of each."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.cloud_resources_resource import CloudResourcesResource
from api import orphans
from api.bare_api import BareApi
from api.resources import Caller
from lab.cloud.digitalocean.server import TOKEN
from worlds.digitalocean import world


def looked(caller: Caller, there: object, state: str) -> dict:
    resource = caller.resource(CloudResourcesResource, state=state, digitalocean_url=there.cloud.url, digitalocean_token=TOKEN)
    resource.clock = there.clock
    return run(resource)


def test_every_provider_that_the_record_names_is_looked_at_and_no_other(bare_api: BareApi):
    with orphans.cleared(bare_api), world() as there:
        caller = orphans.a_cluster(bare_api, "digitalocean")
        uid = bare_api.api("system:test").get("v1", "Namespace", f"cluster-{caller.cluster}")["metadata"]["uid"]
        there.stranger("forgotten", f"kubermatic-caas:{uid}")
        # nothing is said of any other provider, and none of its credentials is needed
        first = looked(caller, there, "listed")["found"][0]
        assert (first["provider"], first["kind"], first["name"]) == (
            "digitalocean", "machine", "forgotten")
        caller.call(ClusterRecordResource, phase="Deleting")
        gone = looked(caller, there, "absent")
        assert gone["residual"] == [] and there.left() == []
        assert caller.lines[-1] == f"Nothing of cluster {caller.cluster} is left at DigitalOcean"


def test_they_go_also_where_the_namespace_was_deleted_first(bare_api: BareApi):
    """By somebody's hand: as long as its record is there, it tells what is to go. No lock can be taken any more."""
    with orphans.cleared(bare_api), world() as there:
        caller = orphans.a_cluster(bare_api, "digitalocean")
        admin, place = bare_api.api("system:setup"), f"cluster-{caller.cluster}"
        there.stranger("forgotten", f"kubermatic-caas:{admin.get('v1', 'Namespace', place)['metadata']['uid']}")
        admin.delete("v1", "Namespace", place)
        admin.delete("coordination.k8s.io/v1", "Lease", "cluster-lock", place)
        assert not caller.call(ClusterRecordResource, phase="Deleting")["changed"]
        assert looked(caller, there, "absent")["residual"] == [] and there.left() == []


def test_a_cluster_without_any_provider_has_nothing_anywhere(bare_api: BareApi):
    with orphans.cleared(bare_api), world() as there:
        caller = orphans.a_cluster(bare_api, "none")
        result = looked(caller, there, "listed")
        assert result["found"] == result["kept"] == [] and there.cloud.heard == []
