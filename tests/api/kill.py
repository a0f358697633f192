# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that dies in the middle."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.kube_api import KubeApi


class Killed(Exception):
    pass


def kill_before_write(api: KubeApi, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run dies before its write of that number (the first is 1) is sent."""
    send, writes = api.request, [0]

    def request(method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        if method != "GET":
            writes[0] += 1
            if writes[0] == number:
                raise Killed
        return send(method, path, *args, **kwargs)

    monkeypatch.setattr(api, "request", request)
