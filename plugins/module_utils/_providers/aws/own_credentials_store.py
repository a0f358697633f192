# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The credentials by which this run itself acts at AWS where no option says them, so that they are never given to a cluster."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import Any

_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_KEYS = ("aws_access_key_id", "aws_secret_access_key")
# a profile may take a role by the keys of another one
_LONGEST_CHAIN = 5


def own_credentials(options: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Of the environment, and of the profile in use with those that it is based on. Sends no request."""
    yield from (environment[name] for name in _VARIABLES if name in environment)
    yield from _of_profile(options, environment)


def _of_profile(options: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    profiles = _profiles(environment)
    name = options.get("aws_profile") or environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"
    for _step in range(_LONGEST_CHAIN):
        profile = profiles.get(name, {})
        yield from (profile[key] for key in _KEYS if key in profile)
        if "source_profile" not in profile:
            return
        name = profile["source_profile"]


def _profiles(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Profile -> what both files of AWS's tools say about it; nothing of a file that they could not read either."""
    home = Path(environment.get("HOME") or "/")
    found: dict[str, dict[str, str]] = {}
    for variable, usual in (("AWS_CONFIG_FILE", home / ".aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", home / ".aws/credentials")):
        parser = RawConfigParser(default_section="", strict=False)
        try:
            parser.read_string(Path(environment.get(variable) or usual).expanduser().read_text(encoding="utf-8"))
        except (OSError, ValueError, Error):
            continue
        for section in parser.sections():
            found.setdefault(section.removeprefix("profile ").strip(), {}).update(parser.items(section))
    return found
