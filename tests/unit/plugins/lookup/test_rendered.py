# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A template sees the values that it is given, and nothing else."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.kubermatic.caas.plugins.lookup.rendered import LookupModule


def rendered(directory: Path, text: str, **options: Any) -> str:
    (directory / "templates").mkdir()
    (directory / "templates" / "one.j2").write_text(text)
    (found,) = LookupModule(loader=DataLoader()).run(["one.j2"], {"ansible_search_path": [str(directory)], "secret": "of the host"}, **options)
    return found


def test_a_value_is_never_a_template(tmp_path: Path):
    assert rendered(tmp_path, "mode: {{ mode }}\n", values={"mode": "{{ 7 * 7 }}"}) == "mode: {{ 7 * 7 }}\n"


@pytest.mark.parametrize(("text", "options", "words"), [
    ("{{ secret }}", {"values": {}}, "one.j2 can't be rendered: 'secret' is undefined"), ("{% if %}", {"values": {}}, "one.j2 can't be rendered"),
    ("", {}, "needs values"), ("", {"values": None}, "needs values")], ids=str)
def test_what_is_missing_is_named(tmp_path: Path, text: str, options: dict[str, Any], words: str):
    with pytest.raises(AnsibleLookupError, match=words):
        rendered(tmp_path, text, **options)


def test_a_template_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(AnsibleLookupError, match=r"no template two\.j2"):
        LookupModule(loader=DataLoader()).run(["two.j2"], {"ansible_search_path": [str(tmp_path)]}, values={})
