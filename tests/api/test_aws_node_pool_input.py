# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options and credentials of node pools at AWS that can't be used."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Refused
from api.pools import Customer, Provider
from api.providers.aws import PROVIDER as AWS
from lab.cloud.aws.ec2 import REGION
from lab.cloud.aws.server import ACCESS_KEY, EXPIRED_KEY, EXPIRED_SECRET, READ_ONLY_KEY, READ_ONLY_SECRET, SECRET_KEY


@pytest.fixture
def provider() -> Provider:
    return AWS


@pytest.mark.parametrize(("given", "kind", "part"), [
    ({"node_count": 1, "region": "eu_central"}, InvalidInput, "Region 'eu_central' is not valid"),
    ({"node_count": 1, "size": "t3.gigantic"}, InvalidInput, "There is no size 't3.gigantic'.*t3.gigantic.*t3.medium"),
    ({"node_count": 1, "size": "t3.nano"}, InvalidInput, "Size t3.nano has 512 MiB of memory.*at least 1024 MiB"),
    ({"node_count": 1, "image": "ami-00000000000000000"}, InvalidInput, "There is no image 'ami-00000000000000000'"),
    ({"node_count": 1, "ssh_public_key": None, "key_name": "nobodys"}, InvalidInput, "no key pair nobodys.*InvalidKeyPair.NotFound"),
    ({"node_count": 1, "ssh_public_key": None, "ssh_keys": ["one", "two"]}, InvalidInput, "[Aa] machine at AWS gets one"),
    ({"node_count": 1, "ssh_keys": ["one"]}, InvalidInput, "ssh_keys and ssh_public_key can't be given together"),
    ({"node_count": 1, "ssh_public_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nlong and secret"}, InvalidInput, "ssh_public_key is not valid.*private key"),
    ({"node_count": 1, "zones": ["eu-central-1z"]}, InvalidInput, "no subnet in zone eu-central-1z.*eu-central-1a, eu-central-1b"),
    ({"node_count": 1, "subnets": ["subnet-0"]}, InvalidInput, "There is no subnet subnet-0"),
    ({"node_count": 1, "network": "vpc-0"}, InvalidInput, "no subnet in network vpc-0"),
    ({"node_count": 1, "ssh_cidrs": None, "security_groups": ["sg-0"]}, InvalidInput, "There is no security group sg-0"),
    ({"node_count": 1, "ssh_cidrs": None}, InvalidInput, "No SSH access to the machines is configured.*ssh_cidrs"),
    ({"node_count": 1, "ssh_cidrs": ["203.0.113.7/24"]}, InvalidInput, "ssh_cidrs '203.0.113.7/24' is not valid"),
    ({"node_count": 1, "disk": 12}, InvalidInput, "disk 12 is less than the 15 GiB"),
    ({"node_count": 1, "aws_secret_key": "wrong/secret/key"}, Refused, "rejects the credentials"),
    ({"node_count": 1, "aws_access_key": "AKIAOFSOMEBODYELSE"}, Refused, "rejects the credentials"),
    ({"node_count": 1, "aws_access_key": READ_ONLY_KEY, "aws_secret_key": READ_ONLY_SECRET}, Refused, "may not do create_security_group.*not authorized"),
    ({"node_count": 1, "aws_access_key": EXPIRED_KEY, "aws_secret_key": EXPIRED_SECRET}, Refused, "have expired"),
    ({"node_count": 1, "aws_secret_key": SECRET_KEY + "\n"}, InvalidInput, "line break"),
    ({"node_count": 1, "aws_secret_key": None}, InvalidInput, "Only one of aws_access_key and aws_secret_key"),
    ({"node_count": 1, "aws_url": "http://ec2.example"}, InvalidInput, "[Uu]se https"),
    ({"node_count": 1, "tags": ["aws:x"]}, InvalidInput, "Tag 'aws:x' can't be given")])
def test_bad_input_is_one_line_and_makes_nothing(demo: Customer, given: dict[str, Any], kind: type[CaasError], part: str):
    with pytest.raises(kind, match=part) as failure:
        demo.call(**given)
    line = failure.value.line()
    assert "\n" not in line and SECRET_KEY not in line and "long and secret" not in line
    assert demo.there.left() == []


def test_credentials_must_come_from_somewhere(demo: Customer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(InvalidInput, match=r"No credentials for AWS.*AWS_ACCESS_KEY_ID"):
        demo.call(1, aws_access_key=None, aws_secret_key=None)
    with pytest.raises(InvalidInput, match=r"nobodys.*could not be found.*aws_profile"):
        demo.call(1, aws_access_key=None, aws_secret_key=None, aws_profile="nobodys")
    with pytest.raises(InvalidInput, match="Region None is not valid"):
        demo.call(1, region=None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_REGION", REGION)
    assert demo.call(1, aws_access_key=None, aws_secret_key=None, region=None)["changed"]
