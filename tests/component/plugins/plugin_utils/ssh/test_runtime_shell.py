# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""containerd and its files."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE
from component.plugins.plugin_utils.ssh.shells import run


def test_files_of_mirrors_that_are_no_longer_wanted_go_and_those_of_others_stay(host):
    texts = {"docker.io/hosts.toml": FIRST_LINE, "docker.io/mirror-1.crt": FIRST_LINE, "docker.io/mirror-2.crt": FIRST_LINE, "ghcr.io/hosts.toml": FIRST_LINE,
             "quay.io/hosts.toml": "# mine\n", "quay.io/mirror-1.crt": "mine\n" + FIRST_LINE}
    for path, text in texts.items():
        (host.root / "etc/containerd/certs.d" / path).parent.mkdir(parents=True, exist_ok=True)
        (host.root / "etc/containerd/certs.d" / path).write_text(text)
    wanted = ["/etc/containerd/certs.d/docker.io/hosts.toml", "/etc/containerd/certs.d/docker.io/mirror-1.crt"]
    titles = run(host, ["runtime"], "plan", registry_files=wanted).plan.titles()
    assert [title for title in titles if title.startswith("Remove ")] == [
        "Remove /etc/containerd/certs.d/ghcr.io/hosts.toml", "Remove /etc/containerd/certs.d/docker.io/mirror-2.crt"]
