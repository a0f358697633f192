# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import tomllib

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host import registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509

CA, KEY = x509.self_signed_ca("mirror")


def hosts(value, registry: str = "docker.io") -> dict:
    """What containerd reads for the registry."""
    files = {item.path: item.content for item in registry_mirrors.files(registry_mirrors.read({registry: value}))}
    return tomllib.loads(files[f"/etc/containerd/certs.d/{registry}/hosts.toml"])


def test_a_url_is_a_mirror_before_the_registry_itself():
    assert hosts("https://mirror.example/") == {
        "server": "https://registry-1.docker.io", "host": {"https://mirror.example": {"capabilities": ["pull", "resolve"]}}}
    assert hosts("http://10.0.0.1:5000", "quay.io:8443")["server"] == "https://quay.io:8443"


@pytest.mark.parametrize(("url", "override"), [
    # Harbor: containerd would ask /v2/dockerhub/v2/...
    ("https://harbor.example/v2/dockerhub", True),
    # Artifactory: /v2 comes after the path, as containerd adds it
    ("https://artifactory.example/artifactory/api/docker/hub", False),
    ("https://mirror.example/prefix/v2", False),
    ("https://mirror.example", False),
    ("https://v2.example/hub", False),
])
def test_a_path_that_names_the_api_is_taken_as_it_is(url, override):
    assert hosts(url)["host"][url].get("override_path", False) is override


def test_what_is_said_of_a_path_counts():
    url = "https://harbor.example/v2/dockerhub"
    assert "override_path" not in hosts({"url": url, "override_path": False})["host"][url]
    assert hosts({"url": "https://a.example/hub", "override_path": True})["host"]["https://a.example/hub"]["override_path"] is True


def test_several_mirrors_are_asked_in_their_order():
    found = hosts(["https://b.example", None, {"url": "https://a.example", "ca": CA}])
    assert list(found["host"]) == ["https://b.example", "https://a.example"]
    assert found["host"]["https://a.example"]["ca"] == "/etc/containerd/certs.d/docker.io/mirror-2.crt"


def test_an_authority_is_a_file_beside_it_and_a_key_is_none():
    hosts_file, ca_file = registry_mirrors.files(registry_mirrors.read({"docker.io": {"url": "https://a.example", "ca": f"{KEY}\n{CA}"}}))
    assert ca_file.path in hosts_file.content
    assert x509.fingerprints(ca_file.content) == x509.fingerprints(CA)
    assert "PRIVATE" not in ca_file.content
    assert "kubermatic.caas" in ca_file.content.splitlines()[0]


def test_a_mirror_of_all_registries_leaves_each_its_own_server():
    assert hosts("https://mirror.example", "_default") == {"host": {"https://mirror.example": {"capabilities": ["pull", "resolve"]}}}


@pytest.mark.parametrize("value", [None, {}, {"docker.io": None}, {"docker.io": ""}, {"docker.io": []}, {"docker.io": [None]}])
def test_null_and_empty_are_not_said(value):
    assert registry_mirrors.read(value) == {}


@pytest.mark.parametrize(("value", "part"), [
    (["https://a.example"], "not a mapping"),
    ("https://a.example", "not a mapping"),
    ({"docker.io/library": "https://a.example"}, "'docker.io/library' is not a registry"),
    ({"https://docker.io": "https://a.example"}, "is not a registry"),
    ({"../../x": "https://a.example"}, "is not a registry"),
    ({1: "https://a.example"}, "is not a registry"),
    ({"docker.io": 5000}, "'int' is not the URL of a mirror of docker.io"),
    ({"docker.io": "mirror.example"}, "is not the URL of a mirror"),
    ({"docker.io": "https://a.example?x=1"}, "is not the URL of a mirror"),
    ({"docker.io": 'https://a.example/"]\nserver = "x'}, "is not the URL of a mirror"),
    ({"docker.io": [["https://a.example"]]}, "is not the URL of a mirror"),
    ({"docker.io": {"ca": CA}}, "is not the URL of a mirror"),
    ({"docker.io": {"url": "https://a.example", "skip_verify": True}}, "has no 'skip_verify'"),
    ({"docker.io": {"url": "https://a.example", "override_path": "yes"}}, "https://a.example has override_path 'yes'"),
    ({"docker.io": {"url": "https://a.example", "ca": "/etc/ssl/ca.pem"}}, "he ca of https://a.example is not a certificate"),
    ({"docker.io": {"url": "https://a.example", "ca": "-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n"}}, "is not a certificate"),
    ({"docker.io": ["https://a.example", "https://a.example/"]}, "has https://a.example twice"),
])
def test_what_can_not_be_used_is_one_line(value, part):
    with pytest.raises(InvalidInput) as caught:
        registry_mirrors.read(value)
    assert caught.value.line().startswith("registry_mirrors can't be used")
    assert part in caught.value.line()


def test_a_password_in_a_url_is_refused_and_not_repeated():
    with pytest.raises(InvalidInput, match="without user, password") as caught:
        registry_mirrors.read({"docker.io": "https://ci:s3cret-of-the-mirror@mirror.example"})
    assert "s3cret" not in caught.value.line()
