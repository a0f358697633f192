# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A machine that is to join a seed makes a key: the request for its access, and the certificate for which the seed's authorities are encrypted.
# No private key leaves the machine readable. Needs the part seed_kubeadm.

JOIN=$STATE/join
SUBJECT="/O=system:nodes/CN=system:node:$c_machine"

make_join_key() {
    rm -rf "$JOIN" && mkdir -p "$JOIN" && chmod 0700 "$JOIN" &&
        (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 2 -subj "$SUBJECT" -keyout "$JOIN/key.new" -out "$JOIN/recipient.pem") &&
        mv "$JOIN/key.new" "$JOIN/key"
}

part_seed_key() {
    [ "$(seed_state)" != complete ] || return 0
    [ -f "$JOIN/key" ] || step "Make a key to join the seed with" make_join_key
    [ "$mode" = apply ] || return 0
    say text "join_request $(openssl req -new -sha256 -key "$JOIN/key" -subj "$SUBJECT" | encoded)"
    text join_recipient "$JOIN/recipient.pem"
}
