# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where released binaries lie: the layout of the upstream release hosts, which a mirror repeats."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KUBERNETES, GITHUB = "https://dl.k8s.io", "https://github.com"


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file to fetch.

    sums: URL of the file with its SHA-256; sha256: pinned sum, empty to believe sums; kind: file, or tar whose members lie under directory;
    restarts: systemd unit that must be restarted after a change, may be empty.
    """

    name: str
    version: str
    url: str
    sums: str
    sha256: str = ""
    kind: str = "file"
    directory: str = "/usr/local/bin"
    restarts: str = ""


@dataclass(frozen=True, slots=True)
class Mirrors:
    """kubernetes: in place of https://dl.k8s.io; github: in place of https://github.com; sha256: pins, file name or URL -> hex sum."""

    kubernetes: str = KUBERNETES
    github: str = GITHUB
    sha256: Mapping[str, str] | None = None

    def pin(self, url: str, name: str) -> str:
        pins = self.sha256 or {}
        return (pins.get(url) or pins.get(name) or "").lower()


def kubernetes_binary(name: str, version: str, architecture: str, mirrors: Mirrors) -> Artefact:
    """kubelet, kubeadm or kubectl; version such as "1.36.3". A pin is looked up by URL, then by "kubelet-1.36.3-amd64"."""
    url = f"{mirrors.kubernetes.rstrip('/')}/v{version}/bin/linux/{architecture}/{name}"
    return Artefact(name, version, url, f"{url}.sha256", mirrors.pin(url, f"{name}-{version}-{architecture}"),
                    restarts="kubelet" if name == "kubelet" else "")


def containerd(version: str, architecture: str, mirrors: Mirrors) -> Artefact:
    file = f"containerd-{version}-linux-{architecture}.tar.gz"
    url = f"{mirrors.github.rstrip('/')}/containerd/containerd/releases/download/v{version}/{file}"
    return Artefact("containerd", version, url, f"{url}.sha256sum", mirrors.pin(url, file), "tar", "/usr/local", "containerd")


def runc(version: str, architecture: str, mirrors: Mirrors) -> Artefact:
    """A pin is looked up by URL, then by "runc-1.3.3-amd64" (upstream's file name has no version)."""
    base = f"{mirrors.github.rstrip('/')}/opencontainers/runc/releases/download/v{version}"
    url = f"{base}/runc.{architecture}"
    return Artefact("runc", version, url, f"{base}/runc.sha256sum", mirrors.pin(url, f"runc-{version}-{architecture}"))


def cni_plugins(version: str, architecture: str, mirrors: Mirrors) -> Artefact:
    file = f"cni-plugins-linux-{architecture}-v{version}.tgz"
    url = f"{mirrors.github.rstrip('/')}/containernetworking/plugins/releases/download/v{version}/{file}"
    return Artefact("cni_plugins", version, url, f"{url}.sha256", mirrors.pin(url, file), "tar", "/opt/cni/bin")


def host_artefacts(*, kubernetes: str, containerd_version: str, runc_version: str, cni_plugins_version: str, architecture: str, mirrors: Mirrors,
                   binaries: Iterable[str] = ("kubelet",)) -> tuple[Artefact, ...]:
    """All that a host needs; binaries: of the Kubernetes release (a seed host adds kubeadm and kubectl)."""
    return (containerd(containerd_version, architecture, mirrors), runc(runc_version, architecture, mirrors),
            cni_plugins(cni_plugins_version, architecture, mirrors),
            *(kubernetes_binary(name, kubernetes, architecture, mirrors) for name in binaries))


def unprotected(artefacts: Iterable[Artefact]) -> list[str]:
    """A sentence if something comes over plain http and nothing tells whether it is what it should be: its sum comes the same way."""
    names = [item.name for item in artefacts if item.url.startswith("http://") and not item.sha256]
    if not names:
        return []
    return [f"{', '.join(names)} and the sums of it come over http: anyone on the network path can replace what runs there as root. "
            "Use a mirror with https, or pin the sums by artefact_sha256"]


def lacking(artefacts: Iterable[Artefact], installed: Mapping[str, str], checksums: Mapping[str, str]) -> list[Artefact]:
    """Those that a host hasn't in this version, or not with the pinned sum. installed: name -> version, checksums: name -> hex sum."""
    return [item for item in artefacts
            if installed.get(item.name) != item.version or (item.sha256 and checksums.get(item.name) != item.sha256)]
