# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kinds import BUILT_IN, root


@pytest.mark.parametrize(("api_version", "kind", "name", "namespace", "path"), [
    ("v1", "Secret", "ca", "demo", "/api/v1/namespaces/demo/secrets/ca"),
    ("apps/v1", "Deployment", "", "demo", "/apis/apps/v1/namespaces/demo/deployments"),
    ("apps/v1", "Deployment", "", None, "/apis/apps/v1/deployments"),
    ("v1", "Namespace", "demo", None, "/api/v1/namespaces/demo"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", "system:node", "ignored", "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"),
    ("v1", "Secret", "../../nodes", "a/b", "/api/v1/namespaces/a%2Fb/secrets/..%2F..%2Fnodes")])
def test_paths(api_version, kind, name, namespace, path):
    assert BUILT_IN[api_version, kind].path(name, namespace) == path


def test_groups():
    assert BUILT_IN["v1", "Pod"].group == "" and BUILT_IN["apps/v1", "DaemonSet"].group == "apps"
    assert (root("v1"), root("apps/v1")) == ("/api/v1", "/apis/apps/v1")
