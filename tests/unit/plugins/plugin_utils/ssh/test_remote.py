# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, LockHeld
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostUnreachable, Remote, read_answer
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble, variable

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


def begun(rc, stderr):
    """The script began, and then it ended so."""
    return lambda command, data: {"rc": rc, "stderr": stderr, "stdout": data.decode().partition("\nmarker=")[2].partition("\n")[0] + " begun .\n"}


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
    (answering(255, stderr="client_loop: send disconnect: Broken pipe"), "can't be reached", True),
    (begun(137, "Killed"), "ended early (host web-1). Killed", False),
    (answering(0, stdout=NOISE), "did not run the script (host web-1). It said: Welcome to web-1", False),
    (answering(142, stdout='Please login as the user "ubuntu" rather than the user "root".\n\n'), 'Please login as the user "ubuntu"', False),
    (answering(1, stderr="WARNING: Your password has expired.\nPassword change required but no TTY available.\n"), "Password change required", False),
    (answering(255, stderr='"System is booting up. Unprivileged users are not permitted to log in yet."\nConnection closed by 192.0.2.7 port 22\n'),
     "System is booting up", True),
])
def test_every_failure_is_one_line(execute, part, unreachable):
    with pytest.raises(CaasError) as failed:
        Remote(execute, "web-1").run(assemble(["facts"]))
    assert part in failed.value.line()
    assert "host web-1" in failed.value.line()
    assert "\n" not in failed.value.line()
    assert isinstance(failed.value, HostUnreachable) == unreachable


SUDO = ["sudo: sorry, you must have a tty to run sudo", "caas is not in the sudoers file.", "sudo: interactive authentication is required",
        "sudo-rs: I'm sorry caas. I'm afraid I can't do that", "sudo: il est nécessaire de saisir un mot de passe", "doas: Operation not permitted", ""]


@pytest.mark.parametrize("words", SUDO)
@pytest.mark.parametrize(("login", "part"), [
    ("yes", "sudo was refused (host web-1). The login works, and sudo said: "), ("no", "sudo is not installed"), ("", "did not run the script")])
def test_whether_login_or_sudo_fails_is_tried_and_not_read_from_words(words, login, part):
    asked = []

    def execute(command, data, sudoable=True):
        asked.append((command.split(" ")[0], sudoable))
        if sudoable:
            return {"rc": 1, "stdout": "", "stderr": words}
        marker = command.partition("echo ")[2].partition(" ")[0]
        return {"rc": 0, "stdout": f"{marker} {login}\n" if login else "This account is not available.\n", "stderr": ""}

    with pytest.raises(CaasError) as failed:
        Remote(execute, "web-1", becomes="sudo").run(assemble(["facts"]))
    assert part in failed.value.line() and "\n" not in failed.value.line()
    assert words in failed.value.line() or login != "yes"
    assert asked == [("sh", True), ("command", False)]


LATER = [AnsibleConnectionFailure('Make sure this host can be reached over ssh: "System is booting up."\nConnection closed by 192.0.2.7 port 22'),
         AnsibleConnectionFailure("ubuntu@192.0.2.7: Permission denied (publickey)."), AnsibleConnectionFailure("ssh: connect to host: Connection refused")]


def in_the_end(failures):
    """execute: fails so, and then the script runs on this machine."""
    def execute(command, data):
        if failures:
            raise failures.pop(0)
        return answering(0, data.decode().partition("\nmarker=")[2].partition("\n")[0] + " done .\n")(command, data)
    return execute


def test_a_machine_that_still_boots_is_tried_again_for_its_first_login(monkeypatch):
    monkeypatch.setattr(remote, "AGAIN", 0.01)
    said = []
    host = Remote(in_the_end(list(LATER)), "web-1", patience=5, say=said.append)
    assert host.run(assemble(["facts"])).complete
    assert "System is booting up" in said[0]
    host.execute = raising(LATER[2])
    with pytest.raises(HostUnreachable):
        host.run(assemble(["facts"]))


@pytest.mark.parametrize(("failures", "patience"), [(list(LATER), 0), ([AnsibleConnectionFailure(CHANGED)], 5), ([LATER[0]] * 1000, 0.2)])
def test_no_first_login_is_waited_for_in_vain(monkeypatch, failures, patience):
    monkeypatch.setattr(remote, "AGAIN", 0.01)
    with pytest.raises(HostUnreachable):
        Remote(in_the_end(failures), "web-1", patience=patience).run(assemble(["facts"]))


@pytest.mark.parametrize("message", ["diff /etc/x", "diff a b c d", "changed x\nM took soon", "text key !", "text key \xff", "diff /x eA= eA=",
                                     "fact a=b\nM " * 30_000, "took 9" + "9" * 5000])
def test_an_answer_that_no_script_of_ours_gives_is_one_line(message):
    def execute(command, data):
        marker = data.decode().partition("\nmarker=")[2].partition("\n")[0]
        return {"rc": 0, "stderr": "", "stdout": f"M changed x\nM {message}\nM done .\n".replace("M ", f"{marker} ")}

    try:
        answer = Remote(execute, "web-1").run(assemble(["facts"]))
    except CaasError as failed:
        assert "can't be understood" in failed.line() and "\n" not in failed.line()
    else:
        assert message.startswith("text")
        assert answer.complete


def test_who_lost_the_lock_changes_no_host():
    def lost():
        raise LockHeld("Cluster demo is being changed by bob")

    asked = []
    host = Remote(lambda command, data: asked.append(command), "web-1")
    host.before_change = lost
    with pytest.raises(LockHeld):
        host.run(assemble(["reset"], mode="apply"))
    assert asked == []


def test_names_of_variables_are_checked():
    for name in ("PATH", "a b", "a;b", "", "1a"):
        with pytest.raises(ValueError, match="variable"):
            variable(name, "x")
