# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The certificate that an API server shows, for when it ends."""
from __future__ import annotations

import contextlib
import socket
import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.connection_client import proxy_of_environment
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access

TIMEOUT = 5.0


def server_certificate(access: Access) -> str:
    """PEM, "" where it can't be seen directly, as through a proxy."""
    url = urlsplit(access.server)
    if access.proxy_url or proxy_of_environment(access.server, getproxies()) or not access.ca_pem or not url.hostname:
        return ""
    with contextlib.suppress(OSError, ValueError):
        context = ssl.create_default_context(cadata=access.ca_pem)
        with socket.create_connection((url.hostname, url.port or 443), timeout=TIMEOUT) as plain, \
                context.wrap_socket(plain, server_hostname=access.tls_server_name or url.hostname) as connection:
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"")
    return ""
