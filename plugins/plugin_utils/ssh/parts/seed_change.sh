# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A complete seed gets what has changed in its configuration. Needs the part seed, which remembers that there is something new.

# patiently COMMAND...: the API server is away for a moment when its own manifest changes.
patiently() {
    local tries=0
    until run_kubeadm "$@" >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { run_kubeadm "$@"; return; }
        new_log
        sleep 1
    done
}

# The certificate is made anew only if it lacks a name.
renew_serving_certificate() {
    run_kubeadm init phase certs apiserver --config "$KUBEADM_CONFIG" >/dev/null && return 0
    new_log
    rm -f "$ROOT/etc/kubernetes/pki/apiserver.crt" "$ROOT/etc/kubernetes/pki/apiserver.key"
    run_kubeadm init phase certs apiserver --config "$KUBEADM_CONFIG"
}

# Changes when kubelet has started the API server from another manifest.
api_server_hash() {
    as_admin -n kube-system get pod "kube-apiserver-$c_machine" -o 'jsonpath={.metadata.annotations.kubernetes\.io/config\.hash}' 2>/dev/null
}

control_plane_from_config() {
    local manifest="$ROOT/etc/kubernetes/manifests/kube-apiserver.yaml" before hash new tries=0
    before=$(cksum <"$manifest")
    hash=$(api_server_hash)
    run_kubeadm init phase control-plane all --config "$KUBEADM_CONFIG" || return 1
    [ "$before" != "$(cksum <"$manifest")" ] || return 0
    until new=$(api_server_hash) && [ "$new" != "$hash" ] && as_admin get --raw /readyz >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 240 ] || { echo "the API server didn't come back with its new configuration"; return 1; }
        sleep 0.5
    done
}

reconfigure() {
    new_log
    renew_serving_certificate &&
        control_plane_from_config &&
        run_kubeadm init phase kubelet-start --config "$KUBEADM_CONFIG" &&
        patiently init phase upload-config all --config "$KUBEADM_CONFIG" &&
        patiently init phase addon kube-proxy --config "$KUBEADM_CONFIG" &&
        as_admin -n kube-system rollout restart daemonset/kube-proxy &&
        rm -f "$STATE/restart/kubeadm"
}

part_seed_change() {
    ! config_is_new || [ "$(seed_state)" != complete ] || step "Bring the new configuration to the seed" reconfigure
}
