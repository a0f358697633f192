# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Node pools at AWS, for the tests of all providers."""
from __future__ import annotations

import os

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Ec2Api
from api.pools import PUBLIC_KEY, Provider
from lab.cloud.aws.ec2 import IMAGE, REGION
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY

# boto3 takes its time: fewer of what is random or long
PROVIDER = Provider(
    "aws", Ec2Api, {"pool": "web", "region": REGION, "size": "t3.medium", "image": IMAGE, "allowed_stages": ["alpha"],
                    "ssh_cidrs": ["203.0.113.7/32"], "ssh_public_key": PUBLIC_KEY},
    {"zones": [f"{REGION}a"], "public_address": True, "host_keys": False}, {"aws_access_key": ACCESS_KEY, "aws_secret_key": SECRET_KEY}, SECRET_KEY,
    kills=((0, 3, 3), (2, None, 0)), kill_every=int(os.environ.get("KILL_EVERY", "4")), trials=int(os.environ.get("TRIALS", "8")))
