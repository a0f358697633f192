# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Certificates of a control-plane machine of a seed are renewed by kubeadm, and its static pods start anew with them, but for etcd, which reads its
# certificates again for every connection. Needs the parts seed_kubeadm and seed_access.
#
# $c_renew_within: seconds; what ends within them is renewed. $c_machine: name of its Node.

KUBE=$ROOT/etc/kubernetes
KUBELET_PKI=$ROOT/var/lib/kubelet/pki
LEAVES='apiserver apiserver-kubelet-client apiserver-etcd-client front-proxy-client etcd/server etcd/peer etcd/healthcheck-client'
CONFS='admin.conf super-admin.conf controller-manager.conf scheduler.conf'
STATIC_PODS='kube-apiserver kube-controller-manager kube-scheduler'

# PEM of what kubeadm renews, by name.
certificate() {
    case $1 in
    *.conf) sed -n 's/^ *client-certificate-data: *//p' "$KUBE/$1" | base64 -d ;;
    *) cat "$KUBE/pki/$1.crt" ;;
    esac
}

has_certificate() {
    case $1 in
    *.conf) grep -qs 'client-certificate-data' "$KUBE/$1" ;;
    *) [ -s "$KUBE/pki/$1.crt" ] ;;
    esac
}

end_of() { openssl x509 -noout -enddate | sed 's/^notAfter=//'; }

ends_within() { ! openssl x509 -noout -checkend "$1" >/dev/null; }

tell_ends() {
    local name
    for name in $LEAVES $CONFS; do
        ! has_certificate "$name" || fact "ends_$name" "$(certificate "$name" | end_of)"
    done
    for name in ca front-proxy-ca etcd/ca; do
        [ ! -s "$KUBE/pki/$name.crt" ] || fact "authority_$name" "$(end_of <"$KUBE/pki/$name.crt")"
    done
}

# Names of what ends too soon.
ending() {
    local name
    for name in $LEAVES $CONFS; do
        if has_certificate "$name" && certificate "$name" | ends_within "$c_renew_within"; then printf '%s ' "$name"; fi
    done
}

renew_all() {
    new_log
    run_kubeadm certs renew all --config "$KUBE/kubeadm.yaml"
}

# Changes with any of them.
fingerprint() {
    local name
    for name in $LEAVES $CONFS; do
        ! has_certificate "$name" || certificate "$name"
    done | sha256sum | cut -c 1-16
}

# A label changes the pod, so that kubelet replaces it; the file is never away, however this ends. kubelet reads all files of the directory.
stamp() {
    local manifest="$KUBE/manifests/$1.yaml"
    [ -f "$manifest" ] || return 0
    (umask 077 && sed -e '/^    kubermatic.caas\/certificates:/d' -e "s/^  labels:\$/&\\n    kubermatic.caas\\/certificates: \"$2\"/" "$manifest" >"$KUBE/$1.caas-new") || return 1
    if cmp -s "$manifest" "$KUBE/$1.caas-new"; then rm -f "$KUBE/$1.caas-new"; else mv -f "$KUBE/$1.caas-new" "$manifest"; fi
}

# Its label and whether it is ready, as the API server knows them.
pod_says() {
    as_admin -n kube-system get pod "$1-$c_machine" --request-timeout=5s \
        -o 'jsonpath={.metadata.labels.kubermatic\.caas/certificates} {.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null
}

restart_static_pods() {
    local name stamp tries=0
    stamp=$(fingerprint)
    for name in $STATIC_PODS; do
        stamp "$name" "$stamp" || return 1
    done
    for name in $STATIC_PODS; do
        [ -f "$KUBE/manifests/$name.yaml" ] || continue
        until [ "$(pod_says "$name")" = "$stamp True" ]; do
            tries=$((tries + 1))
            [ "$tries" -lt 600 ] || { echo "$name didn't come back with its new certificates within five minutes"; return 1; }
            sleep 0.5
        done
    done
    rm -f "$STATE/restart/static-pods"
}

# kubelet renews its own certificate, unless it could not reach the API server for as long as that lives.
kubelet_ended() { [ -s "$KUBELET_PKI/kubelet-client-current.pem" ] && ends_within 0 <"$KUBELET_PKI/kubelet-client-current.pem"; }

renew_kubelet() {
    local new name certificate
    name=kubelet-client-$(date -u +%Y-%m-%d-%H-%M-%S).pem
    new=$KUBELET_PKI/$name
    (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$new.key") || return 1
    certificate=$(sign_request "$(openssl req -new -sha256 -key "$new.key" -subj "/O=system:nodes/CN=system:node:$c_machine")" 365 2>/dev/null) || {
        echo "it can't be signed with /etc/kubernetes/pki/ca.key"
        return 1
    }
    (umask 077 && { printf '%s\n' "$certificate" && cat "$new.key"; } >"$new") && rm -f "$new.key" "$KUBELET_PKI/current.caas-new" &&
        ln -s "$new" "$KUBELET_PKI/current.caas-new" && mv -f "$KUBELET_PKI/current.caas-new" "$KUBELET_PKI/kubelet-client-current.pem"
}

part_seed_certificates() {
    local names
    names=$(ending)
    if [ -n "$names" ]; then
        needs_restart static-pods
        step "Renew the certificates of $c_machine: $(echo "$names" | sed 's/ $//; s/ /, /g') end soon" renew_all
    fi
    if kubelet_ended; then
        needs_restart kubelet
        step "Renew the access of the kubelet of $c_machine, which has ended" renew_kubelet
    fi
    service kubelet
    if [ -e "$STATE/restart/static-pods" ] || case $restarts in *" static-pods "*) : ;; *) false ;; esac; then
        step "Start the control plane of $c_machine with them" restart_static_pods
    fi
    tell_ends
}
