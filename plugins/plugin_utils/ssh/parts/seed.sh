# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A machine with a container runtime becomes the first control-plane machine of a seed, by kubeadm. Needs the parts seed_kubeadm and seed_encryption; its files
# come from module_utils/_seed/files.py.

KUBEADM_CONFIG=$ROOT/etc/kubernetes/kubeadm.yaml

initialise() {
    mark_seed begun && new_log || return 1
    systemctl daemon-reload && systemctl enable --quiet kubelet || return 1
    make_encryption write || return 1
    run_kubeadm init --config "$KUBEADM_CONFIG" --skip-token-print || return 1
    # kubeadm always makes one; no output shows it, its group has no rights, and the run deletes it at once
    as_admin -n kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token || return 1
    rm -f "$STATE/restart/kubelet" "$STATE/restart/kubeadm"
    mark_seed complete
}

part_seed() {
    files_seed
    if [ "$(seed_state)" = complete ]; then
        service kubelet
    else
        [ "$(seed_state)" != begun ] || step "Undo the kubeadm init that didn't end" undo_kubeadm
        step "Initialise the seed $c_seed with kubeadm, Kubernetes $c_kubernetes_version" initialise
    fi
}
