# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Words of the parts that make a machine one of a seed, by kubeadm; does nothing itself.
#
# /etc/kubernetes/seed says whose machine this is and how far it got: state=begun before kubeadm init or join, state=complete after it. A run that
# finds "begun" undoes what is half there and begins again; a complete machine is never initialised and never joins again.
#
# $c_seed, $c_machine, $c_role (control_plane or worker), $c_kubernetes_version, $c_components (of all that runs, "etcd:3.6.15-0,...")

SEED_MARK=$ROOT/etc/kubernetes/seed
KUBEADM_LOG=$ROOT/var/log/kubermatic-caas-kubeadm.log
ADMIN=$ROOT/etc/kubernetes/admin.conf

seed_state() { [ ! -f "$SEED_MARK" ] || sed -n 's/^state=//p' "$SEED_MARK"; }

mark_seed() {
    write_file "$SEED_MARK" 0644 "seed=$c_seed
machine=$c_machine
kubernetes_version=$c_kubernetes_version
components=${c_components-}
role=$c_role
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

etcd_here() {
    local pki=/etc/kubernetes/pki/etcd
    as_admin -n kube-system exec "etcd-$c_machine" -c etcd -- etcdctl --endpoints=https://127.0.0.1:2379 \
        --cacert="$pki/ca.crt" --cert="$pki/server.crt" --key="$pki/server.key" "$@"
}

# A machine that joins again gets another piece of the pods' network; what has addresses of the old one would keep its pods from starting.
forget_network() {
    local name
    for name in cni0 flannel.1; do
        [ ! -e "/sys/class/net/$name" ] || ip link delete "$name" || return 1
    done
    rm -rf "$ROOT/var/lib/cni" "$ROOT/run/flannel"
}

undo_kubeadm() {
    new_log
    run_kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock && forget_network || return 1
    # without the manifest of etcd, kubeadm reset assumes an external etcd and keeps its data; the directory may be a mount point
    [ ! -d "$ROOT/var/lib/etcd" ] || find "$ROOT/var/lib/etcd" -mindepth 1 -delete
}

# kubeadm init and join take the note away; in plan mode none is written.
config_is_new() {
    [ ! -e "$STATE/restart/kubeadm" ] || return 0
    [ "$mode" = plan ] || return 1
    case $restarts in *" kubeadm "*) ;; *) return 1 ;; esac
}

part_seed_kubeadm() { :; }
