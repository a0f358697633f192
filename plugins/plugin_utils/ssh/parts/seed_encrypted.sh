# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# What was in etcd before there was a key is written anew, and the control host learns how far the machine is: read, write or done (see
# seed_encryption.sh, whose words this part needs). Comes when the API server has its configuration.

encryption_state() {
    local order
    order=$(encryption_order)
    if [ "$order" = write ] && [ ! -e "$UNENCRYPTED" ]; then echo 'done'; else echo "$order"; fi
}

# In plan mode nothing was made that could be looked at.
rewriting_is_due() {
    [ -e "$UNENCRYPTED" ] || return 1
    [ "$c_encryption_goal" = rewrite ] || [ "$c_alone" = yes ]
}

part_seed_encrypted() {
    [ "$(seed_state)" = complete ] || return 0
    if [ "$mode" = plan ] && [ "$c_alone" = yes ] && [ ! -s "$ENCRYPTION" ]; then
        step "Write all Secrets anew, encrypted" rewrite_secrets
    elif rewriting_is_due; then
        step "Write all Secrets anew, encrypted" rewrite_secrets
    fi
    [ "$mode" = apply ] || return 0
    fact encryption "$(encryption_state)"
    [ "$c_alone" = yes ] || say text "encryption_config $(share_encryption 2>/dev/null | encoded)"
}
