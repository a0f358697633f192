# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# The control host gets access to the seed, if it sent a certificate request ($c_certificate_request, PEM). Nothing changes on the machine.

# sign_request REQUEST DAYS: signs a client certificate for a key of another machine: no private key travels.
sign_request() {
    local pki="$ROOT/etc/kubernetes/pki"
    printf '%s\n' "$1" | openssl x509 -req -sha256 -days "$2" -set_serial "0x$(openssl rand -hex 16)" \
        -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -extfile /dev/fd/4 4<<EXTENSIONS
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
EXTENSIONS
}

certify_control_host() {
    local certificate
    certificate=$(sign_request "$c_certificate_request" "$c_certificate_days" 2>/dev/null) || fail "The certificate of the control host can't be signed with /etc/kubernetes/pki/ca.key"
    say text "control_host_certificate $(printf '%s\n' "$certificate" | encoded)"
    text cluster_ca "$ROOT/etc/kubernetes/pki/ca.crt"
}

part_seed_access() { [ "$mode" != apply ] || [ -z "${c_certificate_request:-}" ] || certify_control_host; }
