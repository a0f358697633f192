# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stdout callback brief: what is told goes to standard output, what went wrong to standard error, and nothing else is there."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from playbook_runs import checkout
from playbook_runs.ended import Ended
from playbook_runs.running import Running

PLAYBOOK = """
- name: A play
  hosts: localhost
  gather_facts: false
  vars: {ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  tasks:
    - name: Tell
      ansible.builtin.debug: {msg: ["CLUSTER  HEALTH", "demo     Running"]}
    - name: Tell data
      ansible.builtin.debug: {msg: {demo: [1]}}
      when: data | default(false)
    - name: Left out
      ansible.builtin.debug: {msg: never}
      when: false
    - name: Write a file
      ansible.builtin.copy: {content: x, dest: "{{ file }}", mode: "0600"}
    - name: Ask
      ansible.builtin.command: "echo {{ item }}"
      changed_when: item == 2
      loop: [1, 2]
    - name: Try
      block:
        - name: Fails
          ansible.builtin.fail: {msg: "\\e[2JNobody answers."}
          when: fails | default(false)
      rescue:
        - name: Go on
          ansible.builtin.meta: noop
    - name: End
      ansible.builtin.fail: {msg: It can't be done.}
      when: fails | default(false)
- name: Another play
  hosts: "{{ [] }}"
  tasks:
    - name: Never
      ansible.builtin.debug:
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = checkout.as_collection(tmp_path_factory.mktemp("brief"))
    (made / "play.yml").write_text(PLAYBOOK)
    return made


def run(directory: Path, *words: str) -> Ended:
    (directory / "made").unlink(missing_ok=True)
    environment = {**checkout.environment(directory), "ANSIBLE_STDOUT_CALLBACK": "kubermatic.caas.brief"}
    return Running("-i", "localhost,", "play.yml", "-e", f"file={directory}/made", *words, environment=environment, directory=directory,
                   stderr_apart=True).end(60)


def test_what_is_told_and_done_is_all_that_is_printed(directory: Path):
    done = run(directory)
    assert (done.code, done.stderr) == (0, "")
    assert done.output.splitlines() == ["CLUSTER  HEALTH", "demo     Running", "  localhost: Write a file", "  localhost: Ask (2)", "localhost: changed 2"]


def test_check_mode_says_would(directory: Path):
    done = run(directory, "--check")
    assert done.output.splitlines()[2:] == ["  localhost: would: Write a file", "localhost: would change 1"]
    assert not (directory / "made").exists()


def test_an_error_is_one_line_on_standard_error(directory: Path):
    done = run(directory, "-e", '{"fails": true}')
    assert done.code == 2
    assert done.stderr.splitlines()[:2] == ["failed: [localhost] [2JNobody answers.", "failed: [localhost] It can't be done."]
    assert done.stderr.splitlines()[2:] == ["localhost: changed 2, failed 1"]
    assert "Nobody" not in done.output and "\x1b" not in done.output + done.stderr


def test_data_is_told_as_json(directory: Path):
    out = run(directory, "-e", '{"data": true}').output
    assert json.loads(out[out.index("{"):out.rindex("}") + 1]) == {"demo": [1]}


def test_verbose_is_what_ansible_prints(directory: Path):
    out = run(directory, "-v").output
    assert "PLAY [A play]" in out and "TASK [Tell]" in out and "skipping: no hosts matched" in out and "PLAY RECAP" in out
