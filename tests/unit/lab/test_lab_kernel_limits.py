# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from pathlib import Path

import pytest

from lab.hosts import kernel_limits
from lab.hosts.errors import LabError


def machine(tmp_path: Path, instances: int) -> Path:
    for name, value in {"fs/inotify/max_user_instances": instances, "fs/inotify/max_user_watches": 900000}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{value}\n")
    return tmp_path


@pytest.mark.parametrize(("before", "after"), [(128, 1024), (1024, 1024), (8192, 8192)])
def test_only_what_is_too_low_is_raised(tmp_path: Path, before: int, after: int):
    root = machine(tmp_path, before)
    kernel_limits.ensure(root)
    assert int((root / "fs/inotify/max_user_instances").read_text()) == after
    assert int((root / "fs/inotify/max_user_watches").read_text()) == 900000


def test_a_limit_that_stays_low_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = machine(tmp_path, 128)

    def refused(self: Path, text: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "write_text", refused)
    with pytest.raises(LabError, match=r"sysctl -w fs\.inotify\.max_user_instances=1024"):
        kernel_limits.ensure(root)
