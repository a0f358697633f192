# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader

from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.keepalive import ASK, notice_silence


def connection(**arguments: str):
    """Ansible's own, as a task has it."""
    made = connection_loader.get("ssh", PlayContext())
    made.set_options(var_options={f"ansible_{name}": text for name, text in arguments.items()})
    return made


def test_ssh_asks_whether_the_host_is_still_there():
    ssh = connection()
    before = ssh.get_option("ssh_args")
    notice_silence(ssh)
    assert ssh.get_option("ssh_args") == f"{before} {ASK}"
    assert "ControlPersist" in before
    command = b" ".join(ssh._build_command("ssh", "ssh", "host"))
    assert b"ServerAliveInterval=15" in command


@pytest.mark.parametrize("name", ["ssh_args", "ssh_common_args", "ssh_extra_args"])
def test_what_the_user_says_about_it_counts_more(name):
    ssh = connection(**{name: "-o serveraliveinterval=5"})
    before = ssh.get_option("ssh_args")
    notice_silence(ssh)
    assert ssh.get_option("ssh_args") == before


def test_other_connections_are_left_alone():
    local = connection_loader.get("local", PlayContext())
    notice_silence(local)
    notice_silence(local)
    assert local.transport == "local"
