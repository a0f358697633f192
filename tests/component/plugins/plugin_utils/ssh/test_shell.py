# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The words that every shell part is written in, and what a host says of itself."""
from __future__ import annotations

import subprocess
import time

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostFailed
from component.plugins.plugin_utils.ssh.shells import PARTS, SHELLS, run, tree


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_every_part_can_be_read_by_every_shell(shell, part):
    subprocess.run([*shell, "-n", str(part)], check=True)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_shellcheck(part):
    done = subprocess.run(["shellcheck", str(part)], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_facts(host):
    facts = run(host, ["facts"], "plan", towards="127.0.0.1").facts
    assert int(facts["memory_mib"]) > 100
    assert facts["cgroup_version"] in ("1", "2")
    assert facts["kernel"].strip()
    assert 0 <= int(facts["free_percent_kubelet"]) <= 100 and int(facts["free_mib_kubelet"]) > 0
    assert tree(host.root) == {}


QUOTED = """it's "quoted" $HOME `id` $(id) \\ % %s\n\ttab\n\n"""


def test_a_file_is_written_once_and_exactly(host):
    file = HostFile("/etc/x/y.conf", QUOTED, mode="0600", part="artefacts")
    planned = run(host, ["artefacts"], "plan", files=[file])
    assert [step.title for step in planned.steps] == ["Write /etc/x/y.conf"]
    assert (planned.steps[0].before, planned.steps[0].after) == (None, QUOTED)
    assert tree(host.root) == {}
    applied = run(host, ["artefacts"], "apply", files=[file])
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    path = host.root / "etc/x/y.conf"
    assert path.read_text() == QUOTED
    assert path.stat().st_mode & 0o777 == 0o600
    assert run(host, ["artefacts"], "apply", files=[file]).steps == []


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("other"), lambda path: path.chmod(0o644), lambda path: path.unlink()])
def test_a_file_that_was_changed_is_mended(host, spoil):
    file = HostFile("/etc/y.conf", "wanted\n", mode="0600", part="artefacts")
    run(host, ["artefacts"], "apply", files=[file])
    before = tree(host.root)
    spoil(host.root / "etc/y.conf")
    assert len(run(host, ["artefacts"], "apply", files=[file]).steps) == 1
    assert tree(host.root) == before


def test_a_link_is_replaced_and_its_target_left_alone(host):
    (host.root / "etc").mkdir()
    (host.root / "victim").write_text("precious")
    (host.root / "etc/y.conf").symlink_to(host.root / "victim")
    run(host, ["artefacts"], "apply", files=[HostFile("/etc/y.conf", "wanted\n", part="artefacts")])
    assert (host.root / "victim").read_text() == "precious"
    assert not (host.root / "etc/y.conf").is_symlink()


@pytest.mark.parametrize("value", ["$(touch PWNED)", "`touch PWNED`", "'; touch PWNED; '", "a\nb", "\\", "*"])
def test_configuration_is_data(host, value, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    file = HostFile("/etc/evil", value, part="artefacts")
    run(host, ["artefacts"], "apply", files=[file], anything=value)
    assert (host.root / "etc/evil").read_text() == value
    assert not (tmp_path / "PWNED").exists()


def test_a_script_that_is_cut_off_does_nothing(host):
    whole = script.assemble(["artefacts"], mode="apply", config={"root": str(host.root)}, files=[HostFile("/etc/x", "x", part="artefacts")])
    for length in range(0, len(whole.text) - 20, 977):
        with pytest.raises(HostFailed, match=r"ended early|did not run the script"):
            host.run(script.Script(whole.text[:length], whole.marker, whole.mode))
    assert tree(host.root) == {}


def test_another_run_on_the_host_is_waited_for(host):
    lock, file = host.root / "run/kubermatic-caas.lock", HostFile("/etc/x", "x", part="artefacts")
    with subprocess.Popen(["flock", str(lock), "sh", "-c", "echo; exec sleep 3"], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(HostFailed, match=r"Another run is changing this host.*Wait until it has ended"):
            run(host, ["artefacts"], "apply", files=[file], lock_wait=1)
        assert not (host.root / "etc/x").exists()
        run(host, ["artefacts"], "apply", files=[file])
        assert other.poll() == 0
    assert (host.root / "etc/x").read_text() == "x"


@pytest.mark.parametrize("program", ["df", "systemctl"])
def test_what_hangs_on_a_host_is_named_at_once(host, program, tmp_path):
    """Such as df where a network file system is mounted whose server is away."""
    hanging = tmp_path / program
    hanging.write_text("#!/bin/sh\nexec sleep 100\n")
    hanging.chmod(0o755)
    inner = host.execute
    host.execute = lambda command, data: inner(command, data.replace(b" PATH=", f" PATH={tmp_path}:".encode(), 1).replace(b"within 5 ", b"within 1 "))
    began = time.monotonic()
    with pytest.raises(HostFailed, match=f"{program} doesn't answer within 1 s on this host.*Look what hangs: .*{program}"):
        run(host, ["facts"], "plan")
    assert time.monotonic() - began < 20
