# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Programs that a kubeconfig names for its credentials."""
from __future__ import annotations

import json
import sys

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from unit.plugins.module_utils._kube.test_kubeconfig_store import parse, with_


def test_an_allowed_program_gives_the_credentials():
    answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-the-program"}}
    program = {"apiVersion": answer["apiVersion"], "command": sys.executable, "args": ["-c", f"print({json.dumps(json.dumps(answer))})"]}
    access = kubeconfig_file.with_credentials(parse(with_("user", exec=program), allow_exec=True), where="x")
    assert access.token == "from-the-program"


def test_a_program_that_fails_is_one_line():
    program = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/does/not/exist"}
    with pytest.raises(InvalidInput, match="The program for credentials"):
        kubeconfig_file.with_credentials(parse(with_("user", exec=program), allow_exec=True), where="x")
