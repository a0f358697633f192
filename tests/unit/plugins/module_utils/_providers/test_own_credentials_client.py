# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""By what a run itself acts at clouds, wherever it has that from."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.own_credentials_client import own_credentials

CONFIG = """
[default]
region = eu-central-1
aws_access_key_id = AKIDEFAULT

[profile provider]
source_profile = base
role_arn = arn:aws:iam::1:role/x

[profile loop]
source_profile = loop
aws_access_key_id = AKIDLOOP
"""
CREDENTIALS = """
[default]
aws_secret_access_key = default/key
[base]
aws_access_key_id=AKIDBASE
aws_secret_access_key = base/key
[customer]
aws_access_key_id = AKIDCUSTOMER
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(CONFIG)
    (tmp_path / ".aws/credentials").write_text(CREDENTIALS)
    return {"HOME": str(tmp_path)}


@pytest.mark.parametrize(("options", "environment", "expected"), [
    ({}, {}, {"AKIDEFAULT", "default/key"}),
    ({"digitalocean_token": "dop_v1_x", "aws_access_key": None}, {}, {"dop_v1_x", "AKIDEFAULT", "default/key"}),
    ({}, {"DIGITALOCEAN_TOKEN": "dop_v1_y\n", "AWS_ACCESS_KEY_ID": "AKIDSHELL"}, {"dop_v1_y", "AKIDSHELL", "AKIDEFAULT", "default/key"}),
    # a profile that takes a role by the keys of another one
    ({"aws_profile": "provider"}, {}, {"AKIDBASE", "base/key"}), ({}, {"AWS_PROFILE": "provider"}, {"AKIDBASE", "base/key"}),
    ({}, {"AWS_PROFILE": "loop"}, {"AKIDLOOP"}), ({}, {"AWS_PROFILE": "none"}, set()),
    ({}, {"AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}, set())])
def test_what_counts(home: dict[str, str], options: dict[str, Any], environment: dict[str, str], expected: set[str]):
    assert own_credentials(options, {**home, **environment}) == expected


@pytest.mark.parametrize("text", ["", "no section = 1", "[default\n", "\x00", "[default]\naws_access_key_id",
                                  "[default]\n[default]\naws_access_key_id = x\n%(y)s"])
def test_a_file_that_nobody_can_read_tells_nothing(tmp_path: Path, text: str):
    (tmp_path / "config").write_text(text)
    assert own_credentials({}, {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config")}) <= {"x"}
