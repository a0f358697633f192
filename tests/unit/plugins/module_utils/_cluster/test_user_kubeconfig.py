# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The form of a user's kubeconfig."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.user_kubeconfig import UserKubeconfig, parse, render
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file

CONFIG = UserKubeconfig("demo", "jane@example.com", "https://192.0.2.1:31234", "authorities\n", "certificate\n", "very long secret key\n")


def test_what_is_written_is_read_again():
    assert parse(render(CONFIG).encode()) == CONFIG


def test_other_readers_understand_it():
    access = kubeconfig_file.parse(render(CONFIG), where="test")
    assert (access.server, access.ca_pem) == (CONFIG.server, CONFIG.ca_pem)
    assert (access.client_cert_pem, access.client_key_pem) == (CONFIG.certificate_pem, CONFIG.key_pem)


def test_the_key_does_not_show():
    assert "secret" not in repr(CONFIG)


@pytest.mark.parametrize(("old", "new"), [
    ("name: jane@example.com@demo\n  context:", "name: jane\n  context:"),
    ("- name: demo\n", "- name: other\n"),
    ("clusters:\n", "clusters: []\nmore:\n"),
    ("client-key-data: ", "client-key-data: '*'\n    x: "),
    ("client-certificate-data", "token"),
    ("current-context", "\tcurrent-context"),
])
def test_what_somebody_else_wrote_is_not_ours(old: str, new: str):
    text = render(CONFIG)
    assert old in text
    assert parse(text.replace(old, new).encode()) is None


@given(st.binary())
def test_any_content_is_judged(content: bytes):
    assert parse(content) is None
