# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clouds as data."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import ROWS, Components
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import (
    NO_PROVIDER,
    cloud_images,
    cluster_tag,
    provider_id,
    provider_of,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS

PAGE = Path(__file__).resolve().parents[5] / "docs" / "reference" / "versions.md"
REGISTRIES = {name: one.registry for name, one in INTEGRATIONS.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kubernetes)
def test_the_page_names_the_versions(row: Components):
    images = cloud_images(row.as_dict(), "registry.k8s.io", REGISTRIES)
    text = PAGE.read_text()
    for name, image in images.items():
        version = image.rpartition(":")[2]
        assert re.fullmatch(r"v[0-9]+\.[0-9]+\.[0-9]+", version), image
        assert version in text, f"{name} {version} is not in {PAGE.name}"
    assert images["aws_cloud_controller_manager"].rpartition(":")[2].startswith(f"v{row.kubernetes.rpartition('.')[0]}.")


def test_samples_are_what_the_patterns_want():
    for name, one in INTEGRATIONS.items():
        assert provider_of(one.sample) == name != NO_PROVIDER
    assert provider_of("") == provider_of("gce://x/y/z") == ""


@pytest.mark.parametrize(("given", "expected"), [
    (("digitalocean", "3164444"), "digitalocean://3164444"), (("aws", "i-0123456789abcdef0", "eu-central-1a"), "aws:///eu-central-1a/i-0123456789abcdef0"),
    (("aws", "i-0123456789abcdef0"), ""), (("digitalocean", "{{ x }}"), ""), (("hosts", "1"), "")])
def test_what_a_cloud_calls_a_machine(given: tuple[str, ...], expected: str):
    assert provider_id(*given) == expected


def test_a_tag_is_one_word():
    assert cluster_tag("0b7f7ad0") == "kubermatic-caas:0b7f7ad0"
