# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command kubermatic-caas."""
from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """As installed; called holds what it becomes."""
    spec = importlib.util.spec_from_file_location("kubermatic_caas", ROOT / "scripts/packaging/kubermatic_caas/__init__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    called: list[Any] = []
    monkeypatch.setattr(module, "collection", lambda: ROOT)
    monkeypatch.setattr(module, "version", lambda name: "0.1.0")
    monkeypatch.setattr(os, "execv", lambda program, words: called.append((os.environ.get("ANSIBLE_STDOUT_CALLBACK"), *words)))
    module.called = called
    return module


def test_a_playbook_runs_with_short_output(command: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ANSIBLE_STDOUT_CALLBACK", raising=False)
    monkeypatch.setattr(sys, "argv", ["kubermatic-caas", "status", "-i", "hosts.yml"])
    command.main()
    (callback, program, *words), = command.called
    assert (callback, Path(program).name, words) == ("kubermatic.caas.brief", "ansible-playbook", ["kubermatic.caas.status", "-i", "hosts.yml"])


def test_what_the_user_chose_stays(command: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANSIBLE_STDOUT_CALLBACK", "default")
    monkeypatch.setattr(sys, "argv", ["kubermatic-caas", "status"])
    command.main()
    assert command.called[0][0] == "default"


def test_a_playbook_that_is_none(command: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "argv", ["kubermatic-caas", "stat"])
    assert command.main() == 2 and command.called == []
    assert "There is no playbook stat, only backup, create_cluster" in capsys.readouterr().err


def test_without_a_word_it_says_what_is_there(command: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "argv", ["kubermatic-caas"])
    assert command.main() == 0
    told = capsys.readouterr().out
    assert "kubermatic-caas status -i INVENTORY" in told and f"Documentation: {ROOT / 'docs'}" in told
