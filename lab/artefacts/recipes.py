# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All versions of the lab, as data: programs from Go modules, files of the mirror, container images.

In the strings of releases and images, {version} is the version of the recipe they are `of`, {arch} is this machine's as Go names it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KUBERNETES = "1.36.3"
GO_AT_LEAST = (1, 26)


@dataclass(frozen=True, slots=True)
class GoRecipe:
    """Programs of a Go module (or of several that are released together), statically linked."""

    name: str
    version: str
    modules: tuple[str, ...]
    programs: Mapping[str, str]
    """name of the program -> package"""
    stamps: Mapping[str, str] = field(default_factory=dict)
    """Go variable -> value, set by the linker; mostly what `program --version` prints"""
    staging: bool = False
    """the module replaces others by directories of its own repository, which are published as v0.MINOR.PATCH"""
    libraries_of_kubernetes: bool = False
    """where it and Kubernetes are made of the same module, take that at Kubernetes' version, so that each is compiled once; not for what needs its own"""
    cgo: bool = False
    tags: str = ""
    source: str = ""
    """a file of this package instead of a module"""
    packages: tuple[str, ...] = ()
    """Debian packages that compiling needs"""
    seconds: int = 10
    """with empty caches on two cores; only shown"""


@dataclass(frozen=True, slots=True)
class Release:
    """Files of the mirror, at the path that they have upstream below the release host."""

    of: str
    directory: str
    files: Mapping[str, str]
    """file -> program; with `archive`: member -> program"""
    checksum: str
    """name of the checksum file, {file} being the file that it is about"""
    archive: str = ""
    bare: bool = False
    """the checksum file holds the checksum alone, not the form that sha256sum reads"""


@dataclass(frozen=True, slots=True)
class Image:
    """A container image with the paths and the entry point of the upstream one, so that upstream manifests fit."""

    name: str
    of: str
    tags: tuple[str, ...]
    files: Mapping[str, str]
    """path in the image -> program"""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    base: str = "static"
    """static: accounts and /tmp; busybox: also a shell with its tools; userland: also iptables, nft and conntrack"""


def kubernetes(version: str) -> GoRecipe:
    major, minor, dummy = version.split(".")
    stamp = "k8s.io/component-base/version."
    programs = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubeadm", "kube-proxy", "kubectl")
    return GoRecipe(
        name="kubernetes", version=version, modules=("k8s.io/kubernetes",), staging=True, seconds=270,
        programs={name: f"k8s.io/kubernetes/cmd/{name}" for name in programs},
        stamps={f"{stamp}gitVersion": f"v{version}", f"{stamp}gitMajor": major, f"{stamp}gitMinor": minor,
                f"{stamp}gitTreeState": "clean"},
    )


_CNI = "github.com/containernetworking/plugins"
_CONTAINERD = "github.com/containerd/containerd/v2"
_KONNECTIVITY = "sigs.k8s.io/apiserver-network-proxy"

GO = (
    GoRecipe(
        name="containerd", version="2.2.0", modules=(_CONTAINERD,), seconds=50,
        programs={name: f"{_CONTAINERD}/cmd/{name}" for name in ("containerd", "containerd-shim-runc-v2", "ctr")},
        stamps={f"{_CONTAINERD}/version.Version": "v2.2.0"},
    ),
    GoRecipe(
        name="runc", version="1.3.3", modules=("github.com/opencontainers/runc",), seconds=20,
        programs={"runc": "github.com/opencontainers/runc"}, stamps={"main.version": "1.3.3"},
        cgo=True, tags="netgo osusergo seccomp", packages=("gcc", "libc6-dev", "libseccomp-dev", "pkg-config"),
    ),
    GoRecipe(
        name="cni-plugins", version="1.9.1", modules=(_CNI,), seconds=10,
        programs={"bridge": f"{_CNI}/plugins/main/bridge", "loopback": f"{_CNI}/plugins/main/loopback",
                  "host-local": f"{_CNI}/plugins/ipam/host-local", "portmap": f"{_CNI}/plugins/meta/portmap",
                  "firewall": f"{_CNI}/plugins/meta/firewall", "tuning": f"{_CNI}/plugins/meta/tuning"},
        stamps={f"{_CNI}/pkg/utils/buildversion.BuildVersion": "v1.9.1"},
    ),
    GoRecipe(
        name="crane", version="0.21.9", modules=("github.com/google/go-containerregistry",), seconds=10,
        programs={"crane": "github.com/google/go-containerregistry/cmd/crane"},
    ),
    GoRecipe(
        name="etcd", version="3.6.15", seconds=20,
        modules=("go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/etcdctl/v3", "go.etcd.io/etcd/etcdutl/v3"),
        programs={"etcd": "go.etcd.io/etcd/server/v3", "etcdctl": "go.etcd.io/etcd/etcdctl/v3",
                  "etcdutl": "go.etcd.io/etcd/etcdutl/v3"},
    ),
    GoRecipe(name="pause", version="3.10.1", modules=(), programs={"pause": "."}, source="pause.go", seconds=1),
    GoRecipe(
        name="coredns", version="1.14.6", modules=("github.com/coredns/coredns",), seconds=45, libraries_of_kubernetes=True,
        programs={"coredns": "github.com/coredns/coredns"},
    ),
    GoRecipe(
        # newer versions need a module that is not published
        name="flannel", version="0.26.7", modules=("github.com/flannel-io/flannel",), seconds=55,
        programs={"flanneld": "github.com/flannel-io/flannel"},
        stamps={"github.com/flannel-io/flannel/pkg/version.Version": "v0.26.7"},
        cgo=True, packages=("gcc", "libc6-dev"),
    ),
    GoRecipe(
        # the plugin left this repository after 0.9.1; its new home is not published as a module
        name="flannel-cni-plugin", version="0.9.1", modules=(_CNI,), seconds=5,
        programs={"flannel": f"{_CNI}/plugins/meta/flannel"},
        stamps={f"{_CNI}/pkg/utils/buildversion.BuildVersion": "v0.9.1"},
    ),
    GoRecipe(
        name="local-path-provisioner", version="0.0.30", modules=("github.com/rancher/local-path-provisioner",), seconds=5, libraries_of_kubernetes=True,
        programs={"local-path-provisioner": "github.com/rancher/local-path-provisioner"},
        stamps={"main.VERSION": "v0.0.30"},
    ),
    GoRecipe(
        name="konnectivity", version="0.34.0", modules=(_KONNECTIVITY,), seconds=5, libraries_of_kubernetes=True,
        programs={"proxy-server": f"{_KONNECTIVITY}/cmd/server", "proxy-agent": f"{_KONNECTIVITY}/cmd/agent"},
    ),
    GoRecipe(
        name="metrics-server", version="0.9.0", modules=("sigs.k8s.io/metrics-server",), seconds=10, libraries_of_kubernetes=True,
        programs={"metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server"},
        stamps={"k8s.io/client-go/pkg/version.gitVersion": "v0.9.0"},
    ),
)

CLOUDS = {
    "aws": (
        GoRecipe(
            name="aws-cloud-controller-manager", version="1.36.2", modules=("k8s.io/cloud-provider-aws",), seconds=50,
            libraries_of_kubernetes=True,
            programs={"aws-cloud-controller-manager": "k8s.io/cloud-provider-aws/cmd/aws-cloud-controller-manager"},
            stamps={"k8s.io/component-base/version.gitVersion": "v1.36.2"},
        ),
    ),
}
"""cloud -> what runs in a cluster whose machines are there"""

RELEASES = (
    Release(
        of="kubernetes", directory="v{version}/bin/linux/{arch}", checksum="{file}.sha256", bare=True,
        files={name: name for name in ("kubelet", "kubeadm", "kubectl")},
    ),
    Release(
        of="containerd", directory="containerd/containerd/releases/download/v{version}",
        archive="containerd-{version}-linux-{arch}.tar.gz", checksum="{file}.sha256sum",
        files={f"bin/{name}": name for name in ("containerd", "containerd-shim-runc-v2", "ctr")},
    ),
    Release(
        of="runc", directory="opencontainers/runc/releases/download/v{version}", checksum="runc.sha256sum",
        files={"runc.{arch}": "runc"},
    ),
    Release(
        of="cni-plugins", directory="containernetworking/plugins/releases/download/v{version}",
        archive="cni-plugins-linux-{arch}-v{version}.tgz", checksum="{file}.sha256",
        files={f"./{name}": name for name in ("bridge", "firewall", "host-local", "loopback", "portmap", "tuning")},
    ),
)


def _kubernetes_image(name: str, base: str = "static") -> Image:
    return Image(name, "kubernetes", ("v{version}",), {f"/usr/local/bin/{name}": name}, command=(f"/usr/local/bin/{name}",), base=base)


IMAGES = (
    _kubernetes_image("kube-apiserver"),
    _kubernetes_image("kube-controller-manager"),
    _kubernetes_image("kube-scheduler"),
    _kubernetes_image("kube-proxy", base="userland"),
    Image("etcd", "etcd", ("{version}-0",), {f"/usr/local/bin/{name}": name for name in ("etcd", "etcdctl", "etcdutl")},
          command=("/usr/local/bin/etcd",)),
    # 3.10.1 is what containerd asks for, 3.10.2 what kubeadm pulls before it begins
    Image("pause", "pause", ("{version}", "3.10.2"), {"/pause": "pause"}, entrypoint=("/pause",), user="65535:65535"),
    Image("coredns/coredns", "coredns", ("v{version}",), {"/coredns": "coredns"}, entrypoint=("/coredns",), user="65532:65532"),
    Image("flannel-io/flannel", "flannel", ("v{version}",), {"/opt/bin/flanneld": "flanneld"}, entrypoint=("/opt/bin/flanneld",),
          base="userland"),
    Image("flannel-io/flannel-cni-plugin", "flannel-cni-plugin", ("v1.6.2-flannel1",), {"/flannel": "flannel"}, base="busybox"),
    Image("rancher/local-path-provisioner", "local-path-provisioner", ("v{version}",),
          {"/usr/bin/local-path-provisioner": "local-path-provisioner"}, command=("local-path-provisioner",)),
    # upstream's tag on Debian's busybox, which is a little older
    Image("library/busybox", "userland", ("1.37", "1.37.0"), {}, command=("sh",), base="busybox"),
    Image("kas-network-proxy/proxy-server", "konnectivity", ("v{version}",), {"/proxy-server": "proxy-server"},
          entrypoint=("/proxy-server",)),
    Image("kas-network-proxy/proxy-agent", "konnectivity", ("v{version}",), {"/proxy-agent": "proxy-agent"},
          entrypoint=("/proxy-agent",)),
    Image("metrics-server/metrics-server", "metrics-server", ("v{version}",), {"/metrics-server": "metrics-server"},
          entrypoint=("/metrics-server",), user="65534"),
    Image("provider-aws/cloud-controller-manager", "aws-cloud-controller-manager", ("v{version}",),
          {"/bin/aws-cloud-controller-manager": "aws-cloud-controller-manager"}, entrypoint=("/bin/aws-cloud-controller-manager",)),
)

CONTROL_HOST = ("kubernetes", "crane", "etcd")
"""recipes whose programs the control host gets in the cache's bin/"""
USERLAND_PACKAGES = ("iptables", "nftables", "conntrack", "busybox")
