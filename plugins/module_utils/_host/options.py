# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From where a host gets what it installs: said of nodes and of machines of a seed in the same words."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, from_variables
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import GITHUB, KUBERNETES

DOWNLOADS: Options = from_variables(
    Option("kubernetes_mirror", "Where kubelet, kubeadm and kubectl are fetched, in the layout of the default.", default=KUBERNETES),
    Option("github_mirror", "Where containerd, runc and the CNI plugins are fetched, in the layout of the default.", default=GITHUB),
    Option("registry_mirrors", (
        "Registry as named by images, such as C(registry.k8s.io) or C(registry.example:5000), to what is asked first. C(_default) stands for all others.",
        "The URL of a mirror, a mapping with C(url), C(ca) (PEM text of who signed its certificate) and C(override_path), or a list of these in the "
        "order in which they are asked.",
        "A path of the URL that holds C(/v2/), as at Harbor, is taken as it is. To any other one containerd adds C(/v2). C(override_path) decides "
        "otherwise."), type="dict", default={}),
    Option("http_proxy", (
        "Proxy through which the host fetches programs and containerd fetches images from C(http) URLs, such as C(http://proxy.example:3128). No "
        "password.",
        "The kubelet and pods get no proxy."), default=""),
    Option("https_proxy", "As O(http_proxy), for C(https) URLs, which most are.", default=""),
    Option("no_proxy", (
        "Names, domains like C(.example.com), addresses and networks that are reached without a proxy, beside those of the cluster itself."),
        type="list", elements="str", default=[]),
    Option("artefact_sha256", (
        "Pinned SHA-256 sums, by URL or by name, such as C(kubelet-1.36.3-amd64), C(runc-1.3.3-amd64) or C(containerd-2.2.0-linux-amd64.tar.gz).",
        "What isn't pinned is checked against the sum that the mirror publishes."), type="dict", default={}),
)
