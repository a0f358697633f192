# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files on a host that make containerd run: every node and every machine of a seed has the same ones."""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FIRST_LINE = "# Written by kubermatic.caas; changes are overwritten.\n"
MODULES = ("overlay", "br_netfilter")
SYSCTLS = {"net.ipv4.ip_forward": 1, "net.bridge.bridge-nf-call-iptables": 1, "net.bridge.bridge-nf-call-ip6tables": 1}


@dataclass(frozen=True, slots=True)
class HostFile:
    """part: the script part that writes it; restarts: systemd unit to restart after a change, may be empty. Never holds a secret: it is shown in diffs."""

    path: str
    content: str
    mode: str = "0644"
    part: str = "runtime"
    restarts: str = ""


def quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text)


def containerd_config(*, sandbox_image: str, systemd_cgroup: bool, restrict_oom_score_adj: bool) -> str:
    """Configuration version 3, for containerd 2."""
    flags = {True: "true", False: "false"}
    return FIRST_LINE + f"""# Additions go into files of their own, in version 3 as this one; restart containerd after a change.
version = 3
imports = ["/etc/containerd/conf.d/*.toml"]

[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = {quoted(sandbox_image)}

[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = {flags[restrict_oom_score_adj]}

[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/opt/cni/bin"]
  conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  BinaryName = "/usr/local/bin/runc"
  SystemdCgroup = {flags[systemd_cgroup]}
"""


def containerd_unit(*, raise_limits: bool, environment: Mapping[str, str] | None = None) -> str:
    """raise_limits: False on a host without CAP_SYS_RESOURCE, where raising a limit makes the start fail. environment: of an HTTP proxy; a drop-in of the
    host's owner counts more."""
    variables = "".join(f'Environment="{name}={value}"\n' for name, value in (environment or {}).items())
    limits = "LimitNOFILE=1048576\nLimitNPROC=infinity\nLimitCORE=infinity\nOOMScoreAdjust=-999\n" if raise_limits else ""
    return FIRST_LINE + f"""[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target

[Service]
Type=notify
{variables}ExecStart=/usr/local/bin/containerd
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
TasksMax=infinity
{limits}
[Install]
WantedBy=multi-user.target
"""


def runtime_files(*, sandbox_image: str, systemd_cgroup: bool, restrict_oom_score_adj: bool, raise_limits: bool,
                  registries: Iterable[HostFile], module_directory: bool, environment: Mapping[str, str] | None = None) -> tuple[HostFile, ...]:
    """registries: files that name mirrors. environment: of containerd. module_directory: False on a kernel with everything built in, where
    systemd-modules-load would only fail."""
    modules = (HostFile("/etc/modules-load.d/kubermatic-caas.conf", FIRST_LINE + "".join(f"{name}\n" for name in MODULES)),) if module_directory else ()
    return (
        *modules,
        HostFile("/etc/sysctl.d/99-kubermatic-caas.conf", FIRST_LINE + "".join(f"{key} = {value}\n" for key, value in SYSCTLS.items())),
        HostFile("/etc/containerd/config.toml", restarts="containerd", content=containerd_config(
            sandbox_image=sandbox_image, systemd_cgroup=systemd_cgroup, restrict_oom_score_adj=restrict_oom_score_adj)),
        *registries,
        HostFile("/etc/systemd/system/containerd.service", containerd_unit(raise_limits=raise_limits, environment=environment), restarts="containerd"),
    )


def runtime_config(registries: Iterable[HostFile]) -> dict[str, str | list[str]]:
    """Configuration of the script part "runtime"."""
    return {"sysctls": [f"{key}={value}" for key, value in SYSCTLS.items()], "registry_files": [item.path for item in registries]}
