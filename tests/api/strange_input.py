# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values as people and programs get them wrong: near a good one, of another type, or of no sense at all."""
from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st

# what means something to a shell, a template, a terminal, YAML, a path or a URL
CHARACTERS = list("A_ .-/\\$`{}()[]<>|&;'\"%*?!#@:=,0é\u202e\u00a0\n\t\r\x00\x1b")
WORDS = ["", " ", "-", "..", "../x", "$(id)", "{{ 7*7 }}", "{% for x in y %}", "null", "true", "~", "\x1b[2J", "a" * 64, "a" * 5000, "١", "\ufeff",
         "<<", "!!python/object:os.system", "0x10", "1e3", "1_000", "-0", "NaN", "all", "kube-system", "localhost"]


@st.composite
def almost(draw: st.DrawFn, text: str) -> str:
    """The text with one thing wrong."""
    place = draw(st.integers(0, len(text)))
    character = draw(st.sampled_from(CHARACTERS))
    return draw(st.sampled_from([
        text[:place] + character + text[place:], text[:place] + character + text[place + 1:], text[:place], text[place:], text + text, text.upper(),
        f" {text}", f"{text}\n", f"{text}{character * 300}"]))


def no_text() -> st.SearchStrategy[Any]:
    leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.text(max_size=20))
    return st.recursive(leaves, lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.text(max_size=8), st.integers(), st.none()), inner, max_size=3)), max_leaves=6)


def like(value: Any) -> st.SearchStrategy[Any]:
    """Something in place of a good value, most often of its kind."""
    match value:
        case str():
            return st.one_of(almost(value), almost(value), st.sampled_from(WORDS), no_text())
        case bool():
            return st.one_of(st.booleans(), st.sampled_from(["yes", "no", "maybe", "True", 0, 2]), no_text())
        case int():
            return st.one_of(st.integers(-5, 10), st.sampled_from([1.5, "1", "1.5", "", "one", float("nan"), float("inf"), -2**70]), no_text())
        case dict() | list():
            return st.one_of(changed(value), changed(value), no_text())
    return no_text()


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """A mapping or list with something wrong somewhere in it."""
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value, key=str)))
        rest = {name: item for name, item in value.items() if name != key}
        return draw(st.one_of(
            like(value[key]).map(lambda new: {**rest, key: new}), st.just(rest), no_text().map(lambda new: {**value, "strange": new}),
            st.sampled_from([1, None, "", True]).map(lambda new: {**value, new: 1})))
    if isinstance(value, list) and value:
        place = draw(st.integers(0, len(value) - 1))
        new = draw(like(value[place]))
        return draw(st.sampled_from([[*value[:place], new, *value[place + 1:]], [*value, new], value + value]))
    return draw(no_text())


# what is waited for stays short
TIMES = [-1, 0, 1, "1", "1.5", "soon", "", [], {"a": 1}, float("nan"), float("inf")]


def options(good: dict[str, Any], known: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Options of a module with one to three of them wrong, or missing. known: names of all that it has."""
    def wrong(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({**{name: st.just(value) for name, value in good.items() if name not in names},
                                      **{name: st.sampled_from(TIMES) if name.endswith("timeout") else like(good.get(name, "")) for name in names}})

    def missing(name: str) -> dict[str, Any]:
        return {key: value for key, value in good.items() if key != name}

    return st.one_of(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True).flatmap(wrong), st.just(good),
                     st.sampled_from(sorted(name for name in good if not name.endswith("timeout"))).map(missing))


BROKEN_YAML = [
    "", "---\n---\n", "{", "a: b: c", "\t- a", "a: 1\na: 2", "? {a: b}\n: c", "? [a]\n: c", "&a [*a]", "a: &a\n  b: *a", "- !!python/object:os.system x",
    "!!binary x", "!!set {a, b}", "!!omap [a: 1]", "!!timestamp x", "\x00", "\ufeffkind: ConfigMap", "%TAG ! tag:x\n---\na: 1", "<<: [a]",
    "<<: {a: 1}\na: 2", "kind: List\nitems: [1, null, [], {}]", "kind: List\nitems: [{kind: List, items: []}]", "a: !x b", "1: 2\nx: 3", "null: 1",
    "apiVersion: ../v1\nkind: x\nmetadata: {name: y}", "[a, b]: 1", "a: .nan\nb: .inf", "a: 2026-01-01", "a: 0o17\nb: 1:20", "*x", "a: \"\\ud800\"",
    "--- |\n text", "'", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: &a\n  b: *a"]


def manifest_texts(good: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A manifest as YAML text with something wrong in it, or text that is none."""
    return st.one_of(
        changed(good).map(lambda manifest: yaml.safe_dump(manifest, allow_unicode=True)),
        almost(yaml.safe_dump(good)), st.sampled_from(BROKEN_YAML), st.text(max_size=30), no_text())
