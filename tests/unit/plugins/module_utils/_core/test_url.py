# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From where something is fetched: no password gets in, and none out."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import hidden, mirror_url, registry_place
from ansible_collections.kubermatic.caas.plugins.module_utils._host import registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.description import checked_url as aws_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import checked_url as digitalocean_url

PASSWORD = "s3cret"
WITH_USER = ["https://ci:s3cret@mirror.example", "https://s3cret@mirror.example/x", "http://ci:s3cret@10.0.0.7:8080/x", "https://ci:p/s3cret@mirror.example",
             "https://ci:s3cret@[::1]/", "https://:s3cret@mirror.example", "ci:s3cret@mirror.example", "https://mirror.example/?token=s3cret"]


def kubeconfigs_proxy(url: str) -> None:
    cluster = {"server": "https://192.0.2.1", "proxy-url": url}
    kubeconfig_file.parse(str({"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
                               "clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": {"token": "t"}}]}), where="kubeconfig")


def kubeconfigs_server(url: str) -> None:
    kubeconfig_file.parse(str({"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
                               "clusters": [{"name": "c", "cluster": {"server": url}}], "users": [{"name": "u", "user": {"token": "t"}}]}), where="kubeconfig")


@pytest.mark.parametrize("url", WITH_USER)
@pytest.mark.parametrize("check", [lambda url: mirror_url(url, "kubernetes_mirror"), aws_url, digitalocean_url, kubeconfigs_proxy, kubeconfigs_server,
                                   lambda url: registry_mirrors.read({"docker.io": url})],
                         ids=["mirror", "aws_url", "digitalocean_url", "proxy-url", "server", "registry_mirrors"])
def test_a_password_in_a_url_is_refused_and_not_shown(check: Any, url: str):
    with pytest.raises(InvalidInput) as failure:
        check(url)
    assert PASSWORD not in failure.value.line() and "\n" not in failure.value.line()


def test_a_password_in_a_registry_is_refused_and_not_shown():
    with pytest.raises(InvalidInput, match=r"Registry '…@mirror\.example/x' is not valid") as failure:
        registry_place("ci:s3cret@mirror.example/x", "kubernetes_registry")
    assert PASSWORD not in failure.value.line()
    registry_place("mirror.example:5000/x", "kubernetes_registry")


@pytest.mark.parametrize("url", ["https://dl.k8s.io", "http://10.0.0.7:8080/mirror", "https://[fd00::7]:8443/a/b-c_d~e.f", "https://mirror.example/"])
def test_mirrors(url: str):
    assert mirror_url(url, "kubernetes_mirror") == url


@pytest.mark.parametrize("url", ["", "mirror.example", "ftp://mirror.example", "file:///etc", "https://", "https://mirror.example/#a",
                                 "https://mirror.example:port", "https://mirror.example/$(id)", "https://mirror.example/a b",
                                 "https://mirror.example/\n", "https://mirror.example/`id`", None, 7, ["x"]])
def test_what_is_no_mirror(url: Any):
    with pytest.raises(InvalidInput, match="can't be the address of a mirror"):
        mirror_url(url, "github_mirror")


@given(st.text(alphabet="abc:/@?#[]% ", max_size=30), st.sampled_from(["https://", "http://", "", "x:"]))
def test_whatever_it_is_what_stands_before_the_last_at_is_hidden(text: str, scheme: str):
    assert "S3CRET" not in hidden(f"{scheme}S3CRET@{text}")
