# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Certificates come to their keys, and kubelet runs. Needs the part kubelet.
#
# $c_wants as there; $c_client_certificate, $c_serving_certificate: PEM (not needed in plan mode). $c_registers: yes if there is no Node yet.
# The fact other_keys tells that nothing was done, as the certificates are for keys that the host no longer has.

# The layout of kubelet's own certificate store: it rotates this certificate itself from now on.
take_client_certificate() {
    local name
    name=kubelet-client-$(date -u +%Y-%m-%d-%H-%M-%S).pem
    (umask 077 && { printf '%s\n' "$c_client_certificate" && cat "$PKI/client.key.pending"; } >"$PKI/$name") &&
        rm -f "$PKI/current.caas-new" && ln -s "$PKI/$name" "$PKI/current.caas-new" &&
        mv -f "$PKI/current.caas-new" "$PKI/kubelet-client-current.pem" && rm -f "$PKI/client.key.pending"
}

# Killed between the two renames: the pair doesn't match, which the facts tell, and a new one is made.
take_serving_certificate() {
    write_file "$PKI/kubelet.crt" 0644 "$c_serving_certificate" && mv -f "$PKI/serving.key.pending" "$PKI/kubelet.key"
}

# A script of a run that was killed may have come between the request and its answer, and have used the key up.
key_waits_for() {
    ! wants "$1" || [ "$(printf '%s\n' "$2" | openssl x509 -pubkey -noout)" = "$(openssl pkey -pubout -in "$PKI/$1.key.pending")" ]
}

part_enrol() {
    if [ "$mode" = apply ] && ! { key_waits_for client "${c_client_certificate:-}" && key_waits_for serving "${c_serving_certificate:-}"; }; then
        fact other_keys yes
        return 0
    fi
    ! wants client || { needs_restart kubelet && step "Write the kubelet's client certificate" take_client_certificate; }
    ! wants serving || { needs_restart kubelet && step "Write the kubelet's serving certificate" take_serving_certificate; }
    [ "${c_registers:-}" != yes ] || needs_restart kubelet
    service kubelet
}
