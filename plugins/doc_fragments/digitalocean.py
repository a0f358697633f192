# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of every module that talks to DigitalOcean: how it proves who it is, and where it finds DigitalOcean."""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  digitalocean_token:
    description:
      - Token of DigitalOcean's API; the notes tell its scopes.
      - If not given, the environment variable E(DIGITALOCEAN_TOKEN) where the module runs.
    type: str
  digitalocean_url:
    description: Address of the API.
    type: str
    default: https://api.digitalocean.com/v2/
requirements:
  - python-digitalocean (Python library)
"""
