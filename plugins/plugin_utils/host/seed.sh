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

# run_kubeadm ARGUMENTS...: its long output goes to a file that only root reads; what went wrong is the last line here.
run_kubeadm() {
    local reason
    (umask 077 && kubeadm "$@" >>"$KUBEADM_LOG" 2>&1) && return 0
    reason=$(grep '\[ERROR ' "$KUBEADM_LOG" | tr -s '\t\n' ' ')
    [ -n "$reason" ] || reason=$(grep -i '^error' "$KUBEADM_LOG" | tail -n 1)
    echo "${reason:-$(tail -n 1 "$KUBEADM_LOG")} (all of it: $KUBEADM_LOG on the host)"
    return 1
}

as_admin() { kubectl --kubeconfig "$ADMIN" "$@"; }

undo_kubeadm() {
    : >"$KUBEADM_LOG"
    run_kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock || return 1
    # without the manifest of etcd, reset takes it for somebody else's; the directory may be a mount point
    [ ! -d "$ROOT/var/lib/etcd" ] || find "$ROOT/var/lib/etcd" -mindepth 1 -delete
}

initialise() {
    mark_seed begun && : >"$KUBEADM_LOG" || return 1
    systemctl daemon-reload && systemctl enable --quiet kubelet || return 1
    run_kubeadm init --config "$KUBEADM_CONFIG" --skip-token-print || return 1
    # kubeadm always makes one; nobody has seen it, its group has no rights, and it goes at once
    as_admin -n kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token || return 1
    rm -f "$STATE/restart/kubelet" "$STATE/restart/kubeadm"
    mark_seed complete
}

# patiently COMMAND...: the API server is away for a moment when its own manifest changes.
patiently() {
    local tries=0
    until run_kubeadm "$@" >/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { run_kubeadm "$@"; return; }
        : >"$KUBEADM_LOG"
        sleep 1
    done
}

# The certificate is made anew only if it lacks a name.
renew_serving_certificate() {
    run_kubeadm init phase certs apiserver --config "$KUBEADM_CONFIG" >/dev/null && return 0
    : >"$KUBEADM_LOG"
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
    : >"$KUBEADM_LOG"
    renew_serving_certificate &&
        control_plane_from_config &&
        run_kubeadm init phase kubelet-start --config "$KUBEADM_CONFIG" &&
        patiently init phase upload-config all --config "$KUBEADM_CONFIG" &&
        patiently init phase addon kube-proxy --config "$KUBEADM_CONFIG" &&
        as_admin -n kube-system rollout restart daemonset/kube-proxy &&
        rm -f "$STATE/restart/kubeadm"
}

config_is_new() {
    [ -e "$STATE/restart/kubeadm" ] || case $restarts in *" kubeadm "*) : ;; *) false ;; esac
}

# A client certificate for the key of the control host, signed here: no private key travels.
sign_request() {
    local pki="$ROOT/etc/kubernetes/pki"
    printf '%s' "$c_certificate_request" | openssl x509 -req -sha256 -days "$c_certificate_days" -set_serial "0x$(openssl rand -hex 16)" \
        -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -extfile /dev/fd/4 4<<EXTENSIONS
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
EXTENSIONS
}

certify_control_host() {
    local certificate
    certificate=$(sign_request 2>/dev/null) || fail "The certificate of the control host can't be signed with /etc/kubernetes/pki/ca.key"
    say text "control_host_certificate $(printf '%s\n' "$certificate" | encoded)"
    text cluster_ca "$ROOT/etc/kubernetes/pki/ca.crt"
}

part_seed() {
    files_seed
    if [ "$(seed_state)" = complete ]; then
        service kubelet
        ! config_is_new || step "Bring the new configuration to the seed" reconfigure
    else
        [ "$(seed_state)" != begun ] || step "Undo the kubeadm init that didn't end" undo_kubeadm
        step "Initialise the seed $c_seed with kubeadm, Kubernetes $c_kubernetes_version" initialise
    fi
    [ "$mode" != apply ] || [ -z "${c_certificate_request:-}" ] || certify_control_host
}
