# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that dies in the middle."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from worlds.world import Killed as KilledOutright


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


def kill_before_call(cloud: type, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run dies before its request of that number to the cloud, or its write of that number to the seed: whichever comes then.

    cloud: class of what talks to the cloud, each request by its method _once.
    """
    calls = [0]
    ask, send = cloud._once, KubeApi.request

    def called() -> None:
        calls[0] += 1
        if calls[0] == number:
            raise KilledOutright

    def once(self: Any, *args: Any) -> Any:
        called()
        return ask(self, *args)

    def request(self: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "GET":
            called()
        return send(self, method, *args, **kwargs)

    monkeypatch.setattr(cloud, "_once", once)
    monkeypatch.setattr(KubeApi, "request", request)
