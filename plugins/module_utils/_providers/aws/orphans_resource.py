# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at AWS."""
from __future__ import annotations

from functools import cached_property

from ansible.module_utils.basic import env_fallback

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import AWS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import orphans as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import aws_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api, checked_credentials, checked_region
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.orphans_client import AwsLeftovers, ElbApi, Elbv2Api, InRegions
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphans_resource import LEFTOVERS, LeftoversResource


class AwsLeftoversResource(LeftoversResource):
    PROVIDER = "aws"
    ARGUMENT_SPEC = {
        **LEFTOVERS,
        "region": {"type": "str", "fallback": (env_fallback, ["AWS_REGION", "AWS_DEFAULT_REGION"])},
        **AWS,
    }

    @property
    def credentials(self) -> Credentials:
        return Credentials.of(self.params)

    def places(self) -> tuple[str, ...]:
        """The region that is given, and those of its node pools."""
        given = {self.params["region"]} if self.params["region"] else set()
        found = sorted(given | (decide.places(self.known) if self.known else frozenset()))
        if not found:
            raise InvalidInput(f"Nobody knows in which region of AWS cluster {self.cluster} has things", where="region",
                               fix="write region: NAME, such as eu-central-1, or set the environment variable AWS_REGION")
        return tuple(map(checked_region, found))

    @cached_property
    def cloud(self) -> InRegions:
        def api(kind: type[Ec2Api], region: str) -> Ec2Api:
            return kind(self.credentials, region, self.params["aws_url"], clock=self.clock, progress=self.progress)

        return InRegions([AwsLeftovers(api(Ec2Api, region), api(ElbApi, region), api(Elbv2Api, region), self.uid) for region in self.places()])

    def check_provider_options(self) -> None:
        checked_credentials(self.credentials)
        aws_url(self.params["aws_url"])
        self.places()
