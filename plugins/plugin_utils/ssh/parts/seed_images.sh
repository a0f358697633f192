# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# Images of a control plane are there before kubeadm needs them, all fetched at once, through the registry mirrors of containerd.

image_present() { have ctr && ctr -n k8s.io images ls -q "name==$1" 2>/dev/null | grep -q .; }

pull_image() {
    local reason
    reason=$(through_proxy ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1" 2>&1) || {
        echo "$1: $(last_line "$reason")"
        return 1
    }
}

pull_images() {
    local image process processes='' code=0
    for image in "$@"; do
        pull_image "$image" &
        processes="$processes $!"
    done
    for process in $processes; do wait "$process" || code=1; done
    return $code
}

missing_images() {
    local image
    for image in ${c_images:-}; do image_present "$image" || printf '%s ' "$image"; done
}

part_seed_images() {
    # shellcheck disable=SC2046
    set -- $(missing_images)
    [ $# = 0 ] || step "Pull $# images" pull_images "$@"
}
