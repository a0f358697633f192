# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A worker of a seed that joined before keeps up with the seed. Needs the part seed_kubeadm.
#
# $c_server: URL of the seed's API server.

KUBELET_CONF=$ROOT/etc/kubernetes/kubelet.conf

lead_kubelet() { sed -i "s|^\( *server: \).*|\1$c_server|" "$KUBELET_CONF"; }

refresh_kubelet() {
    new_log
    run_kubeadm upgrade node phase kubelet-config --patches "$ROOT/etc/kubernetes/kubeadm-patches" || return 1
    restart_unit kubelet && rm -f "$STATE/restart/kubeadm"
}

part_seed_worker() {
    files_seed_worker
    if ! grep -q "^ *server: $c_server\$" "$KUBELET_CONF"; then
        needs_restart kubelet
        step "Lead the kubelet to $c_server" lead_kubelet
    fi
    ! config_is_new || step "Bring the new configuration to the machine" refresh_kubelet
    service kubelet
}
