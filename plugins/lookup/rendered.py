# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Templates of a role, rendered from given values."""
from __future__ import annotations

DOCUMENTATION = r"""
name: rendered
short_description: Render templates of a role from given values alone
description:
  - Renders Jinja templates as M(ansible.builtin.template) does, but a template sees only O(values), no variable of the host, and a value is never
    itself a template.
  - A run compiles each template once, so that many clusters take little more time than one.
  - For the roles of this collection. Its templates use the filters of Jinja, and C(combine), C(hash), C(regex_replace) and C(to_nice_yaml) of Ansible.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
options:
  _terms:
    description: Files, relative to the folder C(templates) of the role. They may include files that lie beside them.
    type: list
    elements: str
    required: true
  values:
    description: What the templates know.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Run etcd in the seed
  kubermatic.caas.manifests:
    set: control-plane
    manifests: "{{ query('kubermatic.caas.rendered', 'seed/etcd.yaml.j2', values=control_plane_values) }}"
"""

RETURN = r"""
_raw:
  description: Text of each template, in the order of the terms.
  type: list
  elements: str
"""

from typing import Any

from ansible import constants
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from jinja2 import TemplateError

from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import plain
from ansible_collections.kubermatic.caas.plugins.plugin_utils.role_templates import rendered


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        values = plain(kwargs.get("values"))
        if not isinstance(values, dict):
            raise AnsibleLookupError("kubermatic.caas.rendered needs values, a mapping of what the templates know")
        # Ansible removes it when the run ends
        return [self.text_of(term, variables or {}, values, constants.DEFAULT_LOCAL_TMP) for term in terms]

    def text_of(self, term: str, variables: dict[str, Any], values: dict[str, Any], compiled: str) -> str:
        path = self.find_file_in_search_path(variables, "templates", term)
        if not path:
            raise AnsibleLookupError(f"There is no template {term} in the folder templates of the role")
        try:
            return rendered(path, values, compiled)
        except TemplateError as error:
            raise AnsibleLookupError(f"Template {term} can't be rendered: {error}") from error
