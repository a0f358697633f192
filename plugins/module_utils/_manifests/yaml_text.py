# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manifests as YAML text, in and out."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput

try:
    import yaml

    class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Refuses a key that is there twice: the second would silently win."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys: set[Any] = set()
            for key_node, dummy in node.value:
                key = key_node.value if isinstance(key_node.value, str) else None
                if key is not None and key != "<<" and key in keys:
                    raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} occurs twice", key_node.start_mark)
                keys.add(key)
            return super().construct_mapping(node, deep)

    # a time in a manifest is text, and has no JSON form as a Python object
    _Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _Loader.yaml_implicit_resolvers.items()}

    class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """Texts of several lines as blocks, and no anchors."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    _Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None))
except ImportError as error:
    MISSING: str | None = str(error)
else:
    MISSING = None


def parse(text: str, *, where: str) -> list[dict[str, Any]]:
    """Manifests of a text with any number of YAML documents; a kind List is unfolded. where: for errors. Raises InvalidInput."""
    if MISSING:
        raise CaasError("The Python library PyYAML can't be used", why=MISSING, fix="install it for this Python: pip install PyYAML")
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = f", line {mark.line + 1}" if mark else ""
        # the rest of the parser's text quotes the line, which may hold a secret
        raise InvalidInput("A manifest is not valid YAML", where=f"{where}{line}", why=problem or "", fix="correct it") from None
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
        # PyYAML stumbles itself over tags such as !!timestamp before something that is no time, and over thousands of brackets
        raise InvalidInput("A manifest is not valid YAML", where=where, why="a value does not fit its tag, or it is nested too deep",
                           fix="correct it") from None
    manifests: list[dict[str, Any]] = []
    for document in documents:
        if isinstance(document, dict) and document.get("kind") == "List" and isinstance(document.get("items"), list):
            manifests += document["items"]
        elif document is not None:
            manifests.append(document)
    return manifests


def dump(manifest: dict[str, Any]) -> str:
    """One manifest as people write it."""
    return yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, width=160, allow_unicode=True)
