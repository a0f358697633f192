# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import yaml_text as manifest_yaml


def parse(text):
    return manifest_yaml.parse(text, where="item 1")


def test_many_documents_and_lists_become_manifests():
    assert parse("---\nkind: A\n---\n# only a comment\n---\nkind: List\nitems:\n- kind: B\n- kind: C\n") == [{"kind": "A"}, {"kind": "B"}, {"kind": "C"}]
    assert parse("") == []


def test_a_time_is_text():
    assert parse("a: 2026-01-01T00:00:00Z\nb: 2026-01-01") == [{"a": "2026-01-01T00:00:00Z", "b": "2026-01-01"}]


def test_merge_keys_may_be_overridden():
    assert parse("base: &base {a: 1, b: 2}\nmore:\n  <<: *base\n  b: 3\n") == [{"base": {"a": 1, "b": 2}, "more": {"a": 1, "b": 3}}]


@pytest.mark.parametrize(("text", "line"), [
    ("a: 1\na: 2\n", "The key 'a' occurs twice"), ("a: {b: 1, b: 2}", "The key 'b' occurs twice"), ("a: [", "not valid YAML"),
    ("token: 'very-secret\n", "not valid YAML"), ("!!python/object/apply:os.system ['true']", "not valid YAML"),
    ("!!timestamp x", "not valid YAML"), ("a: !!int x", "not valid YAML"), ("a: !!int ''", "not valid YAML"), ("a: !!bool x", "not valid YAML")])
def test_bad_text_is_one_line_without_its_content(text, line):
    with pytest.raises(InvalidInput) as error:
        parse(text)
    assert line in error.value.line() and "item 1" in error.value.line() and "very-secret" not in error.value.line()


def test_written_as_people_write():
    shared = {"x": "1"}
    assert manifest_yaml.dump({"kind": "A", "data": {"script": "#!/bin/sh\necho\n"}, "b": shared, "c": shared}) == (
        "kind: A\ndata:\n  script: |\n    #!/bin/sh\n    echo\nb:\n  x: '1'\nc:\n  x: '1'\n")
