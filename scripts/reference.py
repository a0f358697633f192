# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes docs/reference/, the argument specs of roles and providers, and the names of all variables.

From what the code holds: options, the table of host capabilities, the catalogue, launch stages.
"""
from __future__ import annotations

from collections.abc import Mapping

from reference_pages import ROOT, loaded, shipped

DIRECTORY = "docs/reference"


def pages() -> dict[str, str]:
    """Path in the repository -> text."""
    # these read the product, which reads what main writes first
    from reference_pages import hosts, role_specs, stages, variable_names, variables, versions

    modern = loaded("test_host_as_sample", ROOT / "tests/unit/plugins/module_utils/_host/test_capabilities.py").MODERN
    return {
        f"{DIRECTORY}/variables.md": variables.page(ROOT),
        f"{DIRECTORY}/hosts.md": hosts.page(modern),
        f"{DIRECTORY}/versions.md": versions.page(),
        f"{DIRECTORY}/stages.md": stages.page(),
        **role_specs.pages(),
        **variable_names.pages(),
        **shipped.pages(ROOT),
    }


def write(texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")


def main() -> None:
    write(shipped.pages(ROOT))
    write(pages())


if __name__ == "__main__":
    main()
