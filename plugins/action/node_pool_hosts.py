# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs node_pool_hosts inside ansible-playbook, which has a private directory that goes with the run."""
from __future__ import annotations

import hashlib
import os
from typing import Any

from ansible import constants

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.hosts_resource import NodePoolHostsResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    RESOURCE = NodePoolHostsResource

    def validated(self, args: dict[str, Any]) -> dict[str, Any]:
        # what is given as the name of a cluster is not looked at yet
        cluster = hashlib.sha256(repr(args.get("cluster")).encode()).hexdigest()[:16]
        return super().validated({"known_hosts": os.path.join(constants.DEFAULT_LOCAL_TMP, f"known_hosts_{cluster}"), **args})
