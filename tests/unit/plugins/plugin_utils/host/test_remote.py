# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.remote import HostUnreachable, Remote, read_answer
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.script import assemble, variable

NOISE = """Welcome to web-1
caas-0 changed Delete everything
"""


def test_an_answer_among_noise():
    answer = read_answer(NOISE + "motd without line end caas-1 fact kernel=6.1=x\ncaas-1 text mark eA==\ncaas-1 diff /etc/x - eQ==\n"
                         "caas-1 changed Write /etc/x\ncaas-1 took 250\ncaas-1 changed Start it\ncaas-1 note Fetched\ncaas-1 done .\n", "caas-1")
    assert answer.facts == {"kernel": "6.1=x", "mark": "x"}
    assert [(step.title, step.before, step.after) for step in answer.steps] == [("Write /etc/x", None, "y"), ("Start it", None, None)]
    assert answer.sentences() == ["Write /etc/x (2.5 s)", "Start it"]
    assert answer.plan.diff()[0]["after"] == "y"
    assert (answer.notes, answer.complete, answer.error) == (["Fetched"], True, "")


def test_empty_and_missing_files_differ():
    answer = read_answer("m diff /a = eA==\nm changed a\nm diff /b - eA==\nm changed b\n", "m")
    assert [step.before for step in answer.steps] == ["", None]


def raising(error):
    def execute(command, data):
        raise error
    return execute


def answering(rc=0, stdout="", stderr=""):
    return lambda command, data: {"rc": rc, "stdout": stdout, "stderr": stderr}


CHANGED = """Data could not be sent to remote host "x". Make sure this host can be reached over ssh: @@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Host key verification failed."""


@pytest.mark.parametrize(("execute", "part", "unreachable"), [
    (raising(AnsibleConnectionFailure(CHANGED)), "host key has changed", True),
    (raising(AnsibleConnectionFailure("No ED25519 host key is known for x\nHost key verification failed.")), "host key is not known", True),
    (raising(AnsibleConnectionFailure("caas@x: Permission denied (publickey).")), "login was refused", True),
    (raising(AnsibleConnectionFailure('Data could not be sent to remote host "x". Make sure this host can be reached over ssh: '
                                      "ssh: connect to host x port 22: No route to host")), "No route to host", True),
    (raising(AnsibleError("Missing sudo password")), "sudo wants a password", False),
    (raising(AnsibleError("Incorrect sudo password")), "password for sudo is wrong", False),
    (answering(127, stderr="/bin/sh: 1: sudo: not found"), "sudo is not installed", False),
    (answering(1, stderr="sudo: sorry, you must have a tty to run sudo"), "sudo was refused", False),
    (answering(1, stderr="caas is not in the sudoers file."), "sudo was refused", False),
    (answering(255, stderr="client_loop: send disconnect: Broken pipe"), "can't be reached", True),
    (answering(137, stderr="Killed"), "ended early", False),
    (answering(0, stdout=NOISE), "ended early", False),
])
def test_every_failure_is_one_line(execute, part, unreachable):
    with pytest.raises(CaasError) as failed:
        Remote(execute, "web-1").run(assemble(["facts"]))
    assert part in failed.value.line()
    assert "host web-1" in failed.value.line()
    assert "\n" not in failed.value.line()
    assert isinstance(failed.value, HostUnreachable) == unreachable


def test_names_of_variables_are_checked():
    for name in ("PATH", "a b", "a;b", "", "1a"):
        with pytest.raises(ValueError, match="variable"):
            variable(name, "x")
