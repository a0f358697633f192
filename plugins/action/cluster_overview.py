# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shows the clusters of all seeds that a run has asked. Runs on the control host, where the answers of all of them are known."""
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import overview
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_OVERVIEW
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import plain, validated
from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed

display = Display()
# what the playbook registers of each seed
INFO = "status_info"


class ActionModule(ActionBase):
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        there = task_vars or {}
        result = super().run(tmp, there)
        params = validated(self._task.action, argument_spec(CLUSTER_OVERVIEW), {}, dict(self._task.args))
        seeds = infos(there)
        text = overview.text(seeds, params["cluster"], params["format"])
        failure = overview.failure(seeds, params["cluster"], params["fail_if"])
        try:
            told = self.shown(text, params, nothing=bool(failure) and not any(info["clusters"] for info in seeds.values()))
        except CaasError as error:
            return {**result, "failed": True, "msg": error.line()}
        return {**result, **told, **({"failed": True, "msg": failure} if failure else {})}

    def shown(self, text: str, params: Mapping[str, Any], *, nothing: bool) -> dict[str, Any]:
        """Prints the text, or writes it into a file. nothing: there is no cluster to be shown, which an error says."""
        if params["format"] == "json" and params["path"]:
            path = Path(params["path"]).expanduser().resolve()
            display.display(str(path))
            return {"changed": written(path, f"{text}\n", check_mode=self._task.check_mode), "path": str(path)}
        for line in () if nothing and params["format"] == "table" else text.splitlines():
            display.display(printed(line))
        return {"changed": False}


def infos(task_vars: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Seed -> what cluster_info told of it, of those that could be asked."""
    hosts, found = task_vars["hostvars"], {}
    for name in task_vars["ansible_play_hosts_all"]:
        info = hosts[name].get(INFO)
        if isinstance(info, Mapping) and "clusters" in info:
            found[str(name)] = plain(dict(info))
    return found


def written(path: Path, text: str, *, check_mode: bool) -> bool:
    """Whether that changes the file. At once or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if path.exists() and path.read_bytes() == text.encode():
            return False
        if check_mode:
            return True
        with new.open("x", encoding="utf-8") as file:
            file.write(text)
        new.chmod(0o644)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise CaasError(f"{path} can't be written", why=error.strerror or str(error), fix="give another path") from None
    return True
