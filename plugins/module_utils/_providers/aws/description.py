# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS, as data."""
from __future__ import annotations

import re

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import checked
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import CREDENTIALS, Component, Description, Integration, Option

REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")


def checked_url(url: str) -> str:
    """"" for those of the region. Raises InvalidInput."""
    return url and checked(url, api="AWS's APIs", like="https://ec2.eu-central-1.amazonaws.com",
                           shows="to anyone on the network path what is asked and answered", where="aws_url")


DESCRIPTION = Description(
    name="aws", title="AWS", library="boto3", url="", check_url=checked_url, url_aliases=("endpoint_url",),
    access=(
        Option("aws_access_key", (
            "Access key of AWS. Together with O(aws_secret_key).",
            "If not given, what boto3 finds where the module runs, E(AWS_ACCESS_KEY_ID) and the other variables of the environment, the files of C(~/.aws), "
            "the role of the machine."), credential=True),
        Option("aws_secret_key", ("Secret key of AWS.",), secret=True, credential=True),
        Option("aws_session_token", ("Session token of temporary credentials.",), secret=True),
        Option("aws_profile", ("Profile in the files of C(~/.aws).",), names_credential=True)),
    ssh_user="ubuntu", pool_options=("zones", "subnets", "public_address", "security_groups"), environment={"region": REGION},
    resources=(Option("aws_region", ("A region of AWS in which the cluster has something, beside those that its record knows of its node pools.",),
                      environment=REGION),),
    integration=Integration(
        what="Services and volumes get load balancers and volumes of AWS",
        driver="ebs.csi.aws.com", provider_id=re.compile(r"aws:///[a-z]{2}(-[a-z]+)+-[0-9][a-z]/i-[0-9a-f]{8,17}", re.ASCII),
        # the region of a machine here is its zone
        machine_id="aws:///{zone}/{id}", sample="aws:///eu-central-1a/i-0123456789abcdef0", secret="aws-secret",
        keys={"key_id": "cluster_aws_access_key", "access_key": "cluster_aws_secret_key"},
        key_texts={"cluster_aws_access_key": "Id of the key of AWS that is stored in the cluster.", "cluster_aws_secret_key": "That key itself."},
        credentials=CREDENTIALS, registry="public.ecr.aws/ebs-csi-driver",
        registry_text="Registry and path that have the image of the driver for volumes of AWS.",
        url_text="Address of AWS's APIs, at which the add-ons of that cloud ask. Those of the region if not given.",
        # AWS releases its cloud controller manager with each minor release of Kubernetes
        components=(Component("aws_cloud_controller_manager", "{kubernetes}/provider-aws/cloud-controller-manager", "v{minor}.0",
                              {"1.33": "v1.33.4", "1.34": "v1.34.4", "1.35": "v1.35.3", "1.36": "v1.36.2", "1.37": "v1.37.1"},
                              {"1.33": "v1.33.4", "1.34": "v1.34.4", "1.35": "v1.35.3", "1.36": "v1.36.2", "1.37": "v1.37.1", "": "v{minor}.0"}),
                    Component("aws_ebs_csi_driver", "{registry}/aws-ebs-csi-driver", "v1.59.0", unrecorded={"": "v1.59.0"})),
        templates={"cloud_controller_manager": ("cluster/cloud-controller-manager-rbac.yaml.j2", "cluster/aws-cloud-controller-manager.yaml.j2"),
                   "csi": ("cluster/csi-rbac.yaml.j2", "cluster/aws-ebs-csi-driver.yaml.j2")}))
