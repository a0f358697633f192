# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Builds what the lab's hosts download: python3 tests/lab/build.py [--kubernetes 1.37.2]"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from artefacts import build, recipes
from artefacts.errors import BuildError
from artefacts.machine import default_cache


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__)
    parser.add_argument("--kubernetes", metavar="VERSION", action="append", default=[],
                        help=f"another version of Kubernetes besides {recipes.KUBERNETES}; may be given again")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="default: %(default)s, or LAB_CACHE")
    options = parser.parse_args()
    try:
        build.ensure([recipes.KUBERNETES, *options.kubernetes], options.cache)
    except BuildError as error:
        sys.exit(f"build: {error}")
    except KeyboardInterrupt:
        sys.exit("build: interrupted; what is done stays, the next run goes on from there")


if __name__ == "__main__":
    main()
