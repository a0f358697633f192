# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# What a machine of a seed has beyond facts.sh. Reads only. Meaning of every fact: module_utils/_seed/machine_rules.py.

# Pieces of a cluster made by kubeadm, ours or not.
kubeadm_remains() {
    local path
    for path in "$ROOT"/etc/kubernetes/admin.conf "$ROOT"/etc/kubernetes/kubelet.conf "$ROOT"/etc/kubernetes/manifests/*.yaml "$ROOT"/var/lib/etcd/member; do
        [ ! -e "$path" ] || printf '%s ' "$path"
    done
}

part_seed_facts() {
    fact kubeadm_remains "$(kubeadm_remains)"
    text seed_mark "$ROOT/etc/kubernetes/seed"
    text kubeadm_config "$ROOT/etc/kubernetes/kubeadm.yaml"
}
