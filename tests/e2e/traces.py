# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster leaves on its host and in its seed: to be compared before and after."""
from __future__ import annotations

from e2e.world import LAB, World

# what a host writes by itself is left out; of /run and /tmp, which a reboot empties, only what has our names
LISTING = r"""
find /etc /home /opt /root /srv /usr /var -xdev -not -path '/var/log/*' -not -path '/var/lib/systemd/*' -not -path '/var/cache/*' \
    -not -path '/var/tmp/systemd-private-*' -not -name '*.caas-known' |
    sed 's/^/file /'
find /tmp /var/tmp /run -maxdepth 1 \( -name '*ansible*' -o -name '*caas*' -o -name 'containerd*' -o -name 'flannel*' -o -name 'kube*' \) \
    -not -name kubermatic-caas.lock | sed 's/^/file /'
ls /sys/class/net | grep -v -e '^veth' | sed 's/^/interface /'
awk '$2 ~ /kubelet\/|containerd\/|netns\/cni/ { print "mount " $2 }' /proc/self/mounts
ps -e -o comm= | grep -e '^containerd' -e '^kube' -e '^flannel' -e '^pause' -e '^curl' | sed 's/^/process /'
nft list tables | grep -e kube -e flannel
iptables-save | grep -e KUBE -e CNI- -e FLANNEL
true
"""
KINDS = ("configmaps,deployments,endpoints,endpointslices,leases,limitranges,networkpolicies,persistentvolumeclaims,poddisruptionbudgets,"
         "resourcequotas,rolebindings,roles,secrets,serviceaccounts,services,statefulsets")


def of_host(world: World, host: str) -> set[str]:
    return set(world.lab("exec", LAB, host, "--", "sh", "-c", f"({LISTING}) 2>/dev/null").splitlines())


def of_namespace(world: World, namespace: str) -> set[str]:
    """Names of everything that is stored there and not made anew by controllers."""
    names = world.kubectl(None, "get", KINDS, "-n", namespace, "-o", "name").stdout.split()
    # their names end in chance
    return {name for name in names if not name.startswith("endpointslice.")} | {f"{sum(name.startswith('endpointslice.') for name in names)} endpointslices"}


def authority(world: World, namespace: str) -> str:
    """Certificate of the cluster's authority in base64, "" if there is none yet."""
    return world.kubectl(None, "get", "secret", "cluster-ca", "-n", namespace, "--ignore-not-found", "-o", r"jsonpath={.data.tls\.crt}", check=False).stdout
