# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A machine with a container runtime becomes the control plane of a seed, by kubeadm. Its files come from module_utils/_plan/seed_files.py.
#
# /etc/kubernetes/seed says whose machine this is and how far it got: state=begun before kubeadm init, state=complete after it. A run that
# finds "begun" undoes the half cluster and begins again; a complete one is never initialised again.

SEED_MARK=$ROOT/etc/kubernetes/seed
KUBEADM_CONFIG=$ROOT/etc/kubernetes/kubeadm.yaml
KUBEADM_LOG=$ROOT/var/log/kubermatic-caas-kubeadm.log
ADMIN=$ROOT/etc/kubernetes/admin.conf

seed_state() { [ ! -f "$SEED_MARK" ] || sed -n 's/^state=//p' "$SEED_MARK"; }

mark_seed() {
    write_file "$SEED_MARK" 0644 "seed=$c_seed
machine=$c_machine
kubernetes_version=$c_kubernetes_version
state=$1
"
}

new_log() { rm -f "$KUBEADM_LOG" && (umask 077 && : >"$KUBEADM_LOG"); }

# run_kubeadm ARGUMENTS...: its long output goes to a file that only root reads; what went wrong is the last line here.
run_kubeadm() {
    local reason
    kubeadm "$@" >>"$KUBEADM_LOG" 2>&1 && return 0
    reason=$(grep '\[ERROR ' "$KUBEADM_LOG" | tr -s '\t\n' ' ')
    [ -n "$reason" ] || reason=$(grep -i '^error' "$KUBEADM_LOG" | tail -n 1)
    echo "${reason:-$(tail -n 1 "$KUBEADM_LOG")} (all of it: $KUBEADM_LOG on the host)"
    return 1
}

as_admin() { kubectl --kubeconfig "$ADMIN" "$@"; }

undo_kubeadm() {
    new_log
    run_kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock || return 1
    # without the manifest of etcd, reset takes it for somebody else's; the directory may be a mount point
    [ ! -d "$ROOT/var/lib/etcd" ] || find "$ROOT/var/lib/etcd" -mindepth 1 -delete
}

initialise() {
    mark_seed begun && new_log || return 1
    systemctl daemon-reload && systemctl enable --quiet kubelet || return 1
    run_kubeadm init --config "$KUBEADM_CONFIG" --skip-token-print || return 1
    # kubeadm always makes one; nobody has seen it, its group has no rights, and it goes at once
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
