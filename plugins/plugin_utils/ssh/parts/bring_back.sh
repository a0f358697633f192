# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# A node gets back what it had before an upgrade that has not ended. See keep.sh for what is kept. Needs the part artefacts.

bring_back_program() {
    local sum path now="$STATE/artefacts/$1" former="$PREVIOUS/artefacts/$1" looks="$STATE/artefacts/.$1.stat"
    rm -f "$looks"
    for path in $(tail -n +2 "$former" | cut -d ' ' -f 3-); do
        [ ! -f "$PREVIOUS/programs${path#"$ROOT"}" ] || place "$PREVIOUS/programs${path#"$ROOT"}" "$path" || return 1
    done
    tail -n +2 "$now" 2>/dev/null | while read -r sum path; do
        [ -z "$sum" ] || grep -q -F "  $path" "$former" || rm -f "$path"
    done
    cp "$former" "$now.caas-new" && mv -f "$now.caas-new" "$now" || return 1
    # what somebody had changed before the upgrade stays known as that
    # shellcheck disable=SC2046
    ! unchanged "$1" || look_at $(files_of_artefact "$1") >"$looks"
}

bring_back_file() { cp -p "$PREVIOUS/files$1" "$ROOT$1.caas-new" && mv -f "$ROOT$1.caas-new" "$ROOT$1"; }

# reader_of PATH: the unit that reads the file.
reader_of() {
    case $1 in
    */containerd/* | */containerd.service | */containerd) echo containerd ;;
    */kubelet/* | */kubelet.service | */kubernetes/* | */kubelet) echo kubelet ;;
    esac
}

bring_back_programs() {
    local path name version
    for path in "$PREVIOUS"/artefacts/*; do
        [ -f "$path" ] || continue
        name=${path##*/}
        ! cmp -s "$path" "$STATE/artefacts/$name" || ! unchanged "$name" || continue
        IFS=' ' read -r _ version _ <"$path"
        needs_restart "$(reader_of "/$name")"
        step "Bring back $name $version" bring_back_program "$name"
    done
}

kept_files() { [ ! -d "$PREVIOUS/files" ] || (cd "$PREVIOUS/files" && find . -type f | sed 's|^\.||' | sort); }

bring_back_files() {
    local path
    for path in $(kept_files); do
        ! cmp -s "$PREVIOUS/files$path" "$ROOT$path" || continue
        needs_restart "$(reader_of "$path")"
        step "Bring back $path" bring_back_file "$path"
    done
    [ ! -f "$PREVIOUS/absent" ] || while read -r path; do
        [ -e "$ROOT$path" ] || continue
        needs_restart "$(reader_of "$path")"
        absent "$path"
    done <"$PREVIOUS/absent"
}

part_bring_back() {
    [ -e "$PREVIOUS/began" ] || return 0
    bring_back_programs
    bring_back_files
    service containerd
    part_kubelet_follows
    service kubelet
    step "Note that the upgrade was taken back" rm -f "$PREVIOUS/began"
}
