# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at AWS, in all regions in which it had something."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api, checked_credentials, checked_region
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.description import checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.orphans_client import AwsOrphans, ElbApi, Elbv2Api, InRegions
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import ResourcesAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Found, Orphan, Said


class AwsResources(ResourcesAtProvider):
    def places(self) -> tuple[str, ...]:
        """The region that is given, and those of its node pools."""
        given = self.run.params["aws_region"]
        found = sorted(({given} if given else set()) | self.run.noted_places())
        if not found:
            raise InvalidInput(f"The AWS region of cluster {self.run.cluster} is not known", where="aws_region",
                               fix="write aws_region: NAME, such as eu-central-1, or set the environment variable AWS_REGION")
        return tuple(map(checked_region, found))

    @cached_property
    def regions(self) -> InRegions:
        def api(kind: type[Ec2Api], region: str) -> Ec2Api:
            return kind(Credentials.of(self.run.params), region, self.run.params["aws_url"], clock=self.run.clock, progress=self.run.progress)

        return InRegions([AwsOrphans(api(Ec2Api, region), api(ElbApi, region), api(Elbv2Api, region), self.run.uid) for region in self.places()])

    def check_options(self) -> None:
        checked_credentials(Credentials.of(self.run.params))
        checked_url(self.run.params["aws_url"])
        self.places()

    def find(self, said: Said) -> Found:
        return self.regions.find(said)

    def exists(self, one: Orphan) -> bool:
        return self.regions.exists(one)

    def remove(self, one: Orphan) -> None:
        self.regions.remove(one)
