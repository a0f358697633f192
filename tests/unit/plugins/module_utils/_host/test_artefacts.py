# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Mirrors, host_artefacts, lacking, unprotected

PIN = "ab" * 32


def artefacts(**pins: str):
    return host_artefacts(kubernetes="1.36.3", containerd_version="2.2.0", runc_version="1.3.3", cni_plugins_version="1.9.1",
                          architecture="arm64", mirrors=Mirrors(sha256=pins))


ALL = {"containerd": "2.2.0", "runc": "1.3.3", "cni_plugins": "1.9.1", "kubelet": "1.36.3"}


@pytest.mark.parametrize(("installed", "missing"), [
    ({}, ["containerd", "runc", "cni_plugins", "kubelet"]),
    (ALL, []),
    ({**ALL, "kubelet": "1.35.2"}, ["kubelet"]),
    ({**ALL, "helm": "3.0.0"}, []),
])
def test_what_a_host_lacks(installed, missing):
    assert [item.name for item in lacking(artefacts(), installed, {})] == missing


@pytest.mark.parametrize(("sums", "missing"), [({"kubelet": PIN}, []), ({"kubelet": "cd" * 32}, ["kubelet"]), ({}, ["kubelet"])])
def test_what_is_there_with_another_sum_than_the_pinned_one_is_lacking(sums, missing):
    assert [item.name for item in lacking(artefacts(**{"kubelet-1.36.3-arm64": PIN.upper()}), ALL, sums)] == missing


def test_what_comes_over_http_without_a_pinned_sum_is_told():
    """The sum lies beside the file: whoever is on the way changes both."""
    def of(mirrors: Mirrors) -> list[str]:
        return unprotected(host_artefacts(kubernetes="1.36.3", containerd_version="2.2.0", runc_version="1.3.3", cni_plugins_version="1.9.1",
                                          architecture="arm64", mirrors=mirrors))

    pins = {"kubelet-1.36.3-arm64": PIN}
    assert of(Mirrors()) == [] and of(Mirrors(kubernetes="http://mirror", sha256=pins)) == []
    (line,) = of(Mirrors(kubernetes="http://mirror", github="http://mirror", sha256=pins))
    assert line.startswith("containerd, runc, cni_plugins and the sums of it come over http") and "artefact_sha256" in line
