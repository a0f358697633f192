# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system import run_identity as holder
from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import is_gone


def test_a_process_that_proc_hides_is_not_gone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(holder, "began", lambda pid: None)
    boot = f"{holder.boot()}/{holder.pid_namespace()}"
    assert not is_gone(f"root@{os.uname().nodename} pid {os.getpid()} 5/{boot}")
    assert not is_gone(f"root@{os.uname().nodename} pid 1 5/{boot}")


@pytest.mark.parametrize("text", ["", "x", "a@b pid 1", "a@b pid x 1/2/3", "a@b pid 1 1/2", "a@b pid -1 1/2/3",
                                  f"a@b pid {2 ** 70} 1/2/3", "a@b pid 1 1/2/3/4"])
def test_what_is_no_identity_of_ours_is_not_gone(text: str):
    assert not is_gone(text)
