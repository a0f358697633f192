# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From where a host downloads what it installs: the same options for nodes and for machines of a seed."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import GITHUB, KUBERNETES

DOWNLOADS: Options = from_variables(
    Option("kubernetes_mirror", "URL from which a host downloads kubelet, kubeadm and kubectl. Needs the same paths as the default.", default=KUBERNETES),
    Option("github_mirror", "URL from which a host downloads containerd, runc and the CNI plugins. Needs the same paths as the default.", default=GITHUB),
    Option("registry_mirrors", (
        "Mirrors from which containerd pulls images before it asks the registry itself. A mapping of registries, as images name them, such as "
        "C(registry.k8s.io) or C(registry.example:5000), to their mirrors. C(_default) stands for all other registries.",
        "A mirror is a URL, or a mapping with C(url), C(ca) (certificate of its CA, as PEM text) and C(override_path). A list has several mirrors, and "
        "containerd asks them in this order.",
        "containerd adds C(/v2) to the path of the URL, unless that contains C(/v2/), as with Harbor. C(override_path) overrides that: V(true) keeps the "
        "path as it is, with V(false) containerd adds C(/v2)."), type="dict", default={}),
    Option("http_proxy", (
        "URL of the proxy for C(http) URLs, such as C(http://proxy.example:3128), without user and password. The host downloads programs through it, and "
        "containerd images. By default there is no proxy.",
        "The kubelet and pods do not use the proxy."), default=""),
    Option("https_proxy", "As O(http_proxy), for C(https) URLs. Most URLs are.", default=""),
    Option("no_proxy", (
        "Names, domains like C(.example.com), addresses and networks that the host and containerd reach without the proxy. The collection adds those of the "
        "cluster."),
        type="list", elements="str", default=[]),
    Option("artefact_sha256", (
        "Pinned SHA-256 checksums. A mapping of URLs or names of artefacts, such as C(kubelet-1.36.3-amd64), C(runc-1.3.3-amd64) or "
        "C(containerd-2.2.0-linux-amd64.tar.gz), to 64 hexadecimal digits.",
        "The host checks every other artefact against the checksum that the mirror publishes."), type="dict", default={}),
)
