# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tests read in the output of a run, and that they read it strictly."""
from __future__ import annotations

import pytest

from playbook_runs.ended import Ended

OUTPUT = """
TASK [Check what is wanted] ****************************************************
[ERROR]: Task failed: Module failed: No token is given.
fatal: [demo]: FAILED! => {"changed": false, "msg": "No token is given."}
fatal: [web 1 -> localhost]: UNREACHABLE! => {
    "changed": false,
    "msg": "It does not answer.\\nNor did it before.",
    "nested": {
        "a": 1
    }
}
fatal: [web 1]: FAILED! => {"msg": "Nothing was changed."}

PLAY RECAP *********************************************************************
demo                       : ok=3    changed=0    unreachable=0    failed=1    skipped=1    rescued=0    ignored=0
lab                        : ok=7    changed=2    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
web 1                      : ok=12   changed=10   unreachable=1    failed=2    skipped=0    rescued=0    ignored=0
"""
ENDED = Ended(2, OUTPUT)


def test_recap():
    assert ENDED.changed() == {"lab", "web 1"}
    assert ENDED.failures() == {"demo": 1, "lab": 0, "web 1": 2}


def test_messages_of_each_host_in_one_line_or_several():
    assert ENDED.messages() == {"demo": ["No token is given."], "web 1": ["It does not answer.\nNor did it before.", "Nothing was changed."]}
    assert ENDED.the_message("demo") == "No token is given."


def test_errors():
    assert ENDED.errors() == ["Module failed: No token is given.", "No token is given.", r"It does not answer.\nNor did it before.", "Nothing was changed."]


def fatal(text: str, after: str = "") -> Ended:
    return Ended(2, f'fatal: [demo]: FAILED! => {{"msg": "{text}"}}\n{after}')


@pytest.mark.parametrize("ended", [
    Ended(2, ""), fatal(""), fatal(" "), fatal(r"one\ntwo"), fatal(r"\u001b[2J"), fatal("one", after="Traceback (most recent call last)"),
    fatal("one", after="\x1b[31m"), fatal("one", after=fatal("two").output)])
def test_a_host_that_does_not_end_with_one_readable_line_fails_the_test(ended: Ended):
    with pytest.raises(AssertionError):
        ended.the_message("demo")


def test_whether_it_went_well_is_the_exit_code():
    assert ENDED.must_fail() is ENDED and Ended(0, "").must_succeed()
    for wrong in (ENDED.must_succeed, Ended(0, "").must_fail):
        with pytest.raises(AssertionError):
            wrong()
