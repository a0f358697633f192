# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes docs/reference/ from what the code holds: argument_specs, the table of host capabilities, the catalogue, launch stages."""
from __future__ import annotations

from reference_pages import ROOT, hosts, loaded, stages, variables, versions

DIRECTORY = ROOT / "docs" / "reference"


def pages() -> dict[str, str]:
    """File name -> text."""
    modern = loaded("test_host_as_sample", ROOT / "tests/unit/plugins/module_utils/_host/test_capabilities.py").MODERN
    return {
        "variables.md": variables.page(ROOT),
        "hosts.md": hosts.page(modern),
        "versions.md": versions.page(),
        "stages.md": stages.page(),
    }


def main() -> None:
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        path = DIRECTORY / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
