# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, node_pool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import pool_rules as aws

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"


def pool(provider: str = "aws", **given: Any) -> NodePool:
    return node_pool("demo", provider, {"name": "web", "node_count": 1, "region": "eu-central-1", "size": "t3.medium", "image": "ami-1", **given})


def test_all_that_a_pool_at_aws_may_have():
    wanted = pool(zones=["eu-central-1a"], public_address=False, ssh_public_key=KEY + "\n", ssh_cidrs=["203.0.113.0/24"], tags=["env:prod"])
    assert wanted.ssh_public_key == KEY and wanted.public_address is False and wanted.ssh_cidrs == ("203.0.113.0/24",)
    aws.check(wanted)
    aws.check_somebody_comes_in(wanted)
    aws.check_somebody_comes_in(pool(security_groups=["sg-1"]))


@pytest.mark.parametrize(("given", "part"), [
    ({"ssh_cidrs": ["203.0.113.7/24"]}, "ssh_cidrs '203.0.113.7/24' is not valid"), ({"ssh_cidrs": [7]}, "ssh_cidrs"), ({"ssh_cidrs": ["::/0"]}, "ssh_cidrs"),
    ({"ssh_public_key": "ssh-ed25519 AAAA"}, "ssh_public_key is not valid"), ({"ssh_public_key": "ssh-rsa " + KEY.split()[1]}, "ssh_public_key is not valid"),
    ({"ssh_public_key": KEY + "\n" + KEY}, "ssh_public_key is not valid"), ({"ssh_public_key": 7}, "ssh_public_key is not valid"),
    ({"public_address": "maybe"}, "public_address 'maybe' can't be used"), ({"subnets": ["a b"]}, "Subnet 'a b' is not valid"),
    ({"subnets": ["subnet-1"], "zones": ["eu-central-1a"]}, "subnets and zones can't be given together"),
    ({"security_groups": ["sg-1"], "ssh_cidrs": ["203.0.113.0/24"]}, "security_groups and ssh_cidrs can't be given together"),
    ({"ssh_keys": ["a", "b"]}, "A machine at AWS gets one"), ({"tags": [f"t{number}" for number in range(41)]}, "41 tags are too many"),
    ({"tags": ["aws:x"]}, "Tag 'aws:x' can't be given"), ({"tags": ["Name:x"]}, "Tag 'Name:x'"), ({"tags": ["env:a", "env:b"]}, "Tag 'env:a'")])
def test_what_it_may_not_have(given: dict[str, Any], part: str):
    with pytest.raises(InvalidInput, match=part):
        aws.check(pool(**given))


def test_nothing_is_said_of_a_key_that_may_be_a_private_one():
    with pytest.raises(InvalidInput) as failure:
        pool(ssh_public_key="-----BEGIN OPENSSH PRIVATE KEY-----\nlong and secret")
    assert "private key" in failure.value.line() and "secret" not in failure.value.line()


def test_nobody_comes_in():
    with pytest.raises(InvalidInput, match="No SSH access to the machines is configured"):
        aws.check_somebody_comes_in(pool())


def test_what_only_aws_has_is_no_word_of_others():
    with pytest.raises(InvalidInput, match="security_groups is only for node pools at aws"):
        pool("digitalocean", security_groups=["sg-1"])
    pool("digitalocean", ssh_cidrs=["203.0.113.0/24"], security_groups=[], zones=None)
