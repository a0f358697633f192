# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import base64
import copy
import json

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file

GOOD = {
    "apiVersion": "v1", "kind": "Config", "current-context": "fra1",
    "contexts": [{"name": "other", "context": {"cluster": "x", "user": "y"}}, {"name": "fra1", "context": {"cluster": "seed", "user": "admin"}}],
    "clusters": [{"name": "seed", "cluster": {"server": "https://192.0.2.1:6443/", "certificate-authority-data": base64.b64encode(b"CA").decode()}}],
    "users": [{"name": "admin", "user": {"client-certificate-data": base64.b64encode(b"CERT").decode(),
                                         "client-key-data": base64.b64encode(b"KEY-TEXT").decode(), "token": "long-token"}}]}


def with_(entry: str, **values):
    config = copy.deepcopy(GOOD)
    config[f"{entry}s"][-1][entry].update(values)
    return config


def parse(config, **options):
    return kubeconfig_file.parse(json.dumps(config), where="/some/kubeconfig", **options)


def test_the_current_context_counts():
    access = parse(GOOD)
    assert (access.server, access.ca_pem, access.client_cert_pem, access.client_key_pem, access.token) == (
        "https://192.0.2.1:6443", "CA", "CERT", "KEY-TEXT", "long-token")


def test_secrets_are_not_shown_by_accident():
    text = repr(parse(with_("user", exec={"env": [{"name": "PASSWORD", "value": "in-the-environment"}]}), allow_exec=True))
    assert "KEY-TEXT" not in text and "long-token" not in text and "in-the-environment" not in text


@pytest.mark.parametrize(("config", "line"), [
    (with_("user", exec={"command": "steal"}), "runs a program for its credentials"),
    (with_("user", **{"auth-provider": {"name": "oidc"}}), "auth-provider"),
    (with_("user", **{"client-key": "/root/.ssh/id_rsa"}), "refers to another file by client-key"),
    (with_("user", **{"client-certificate": "x"}), "refers to another file by client-certificate"),
    (with_("user", tokenFile="/etc/shadow"), "refers to another file by tokenFile"),
    (with_("cluster", **{"certificate-authority": "ca.crt"}), "refers to another file by certificate-authority"),
    (with_("cluster", **{"insecure-skip-tls-verify": True}), "switches off the check"),
    (with_("user", username="root", password="hunter"), "uses a password"),
    (with_("cluster", server="http://192.0.2.1"), "it must be a URL"),
    (with_("cluster", server="https://192.0.2.1:port"), "it must be a URL"),
    (with_("cluster", server="https://user:pass@192.0.2.1"), "it must be a URL"),
    (with_("cluster", server=""), "names no server"),
    (with_("user", **{"client-key-data": "not base64!"}), "client-key-data in the kubeconfig is damaged"),
    ({**GOOD, "current-context": ""}, "names no current-context"),
    ({**GOOD, "current-context": "gone"}, "has no context 'gone'"),
    ({**GOOD, "users": []}, "has no user 'admin'"),
    ({**GOOD, "clusters": None}, "has no cluster 'seed'"),
    ({**GOOD, "kind": "Secret"}, "is not a kubeconfig"),
    (["a"], "is not a kubeconfig"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_refused_is_told_in_one_line(config, line):
    with pytest.raises(InvalidInput) as error:
        parse(config)
    told = error.value.line()
    assert line.lower() in told.lower() and "/some/kubeconfig" in told and "\n" not in told
    assert "not base64!" not in told and "hunter" not in told


@pytest.mark.parametrize("name", ["client-key", "tokenFile"])
def test_allowed_programs_are_no_allowed_files(name):
    with pytest.raises(InvalidInput, match="refers to another file"):
        parse(with_("user", **{name: "/etc/shadow"}), allow_exec=True)


@pytest.mark.parametrize("text", [b"a: [", b"\xff\xfe\x00", b"client-key-data: 'secret-text", b"!!python/object/apply:os.system ['true']",
                                  b"!!timestamp x", b"!!int x", b"!!int ''", b"!!bool x"])
def test_text_that_is_no_yaml(text):
    with pytest.raises(InvalidInput) as error:
        kubeconfig_file.parse(text, where="x")
    assert "not valid YAML" in error.value.line() and "secret-text" not in error.value.line()


def test_files_that_can_not_be_read(tmp_path):
    with pytest.raises(InvalidInput, match="No such file"):
        kubeconfig_file.read(str(tmp_path / "missing"))
    for strange in ("\0", "\ud800"):
        with pytest.raises(InvalidInput, match="kubeconfig can't be read"):
            kubeconfig_file.read(f"{tmp_path}/{strange}")
    with pytest.raises(InvalidInput, match=r"[Ii]s a directory"):
        kubeconfig_file.read(str(tmp_path))
    large = tmp_path / "large"
    large.write_bytes(b" " * (kubeconfig_file.LARGEST + 1))
    with pytest.raises(InvalidInput, match="larger than"):
        kubeconfig_file.read(str(large))
