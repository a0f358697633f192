# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# What a node has stays beside what it gets: a copy of each program that is about to be replaced and of each file that is about to be written. Comes before
# the parts that do that.
#
# $c_keep_programs: names of artefacts; $c_keep_files: paths. In $PREVIOUS:
#   began          an upgrade has begun here and has not ended: what is kept then is from before it, and is not kept again
#   artefacts/NAME the record of a program, written after the copies of its files, which lie in programs/PATH
#   files/PATH     a file; absent lists the paths that were none

is_absent() { grep -q -x -F "$1" "$PREVIOUS/absent" 2>/dev/null; }

is_kept() { [ -f "$PREVIOUS/files$1" ] || is_absent "$1"; }

needs_keeping() {
    local name path
    [ -e "$PREVIOUS/began" ] || return 0
    for name in $c_keep_programs; do [ ! -f "$STATE/artefacts/$name" ] || [ -f "$PREVIOUS/artefacts/$name" ] || return 0; done
    for path in $c_keep_files; do is_kept "$path" || return 0; done
    return 1
}

keep_copy() {
    mkdir -p "$(dirname "$2")" && cp -p "$1" "$2.caas-new" && mv -f "$2.caas-new" "$2"
}

keep_program() {
    local path
    [ -f "$STATE/artefacts/$1" ] && [ ! -f "$PREVIOUS/artefacts/$1" ] || return 0
    for path in $(tail -n +2 "$STATE/artefacts/$1" | cut -d ' ' -f 3-); do
        [ ! -f "$path" ] || keep_copy "$path" "$PREVIOUS/programs${path#"$ROOT"}" || return 1
    done
    keep_copy "$STATE/artefacts/$1" "$PREVIOUS/artefacts/$1"
}

keep_file() {
    ! is_kept "$1" || return 0
    if [ -f "$ROOT$1" ]; then keep_copy "$ROOT$1" "$PREVIOUS/files$1"; else printf '%s\n' "$1" >>"$PREVIOUS/absent"; fi
}

keep_all() {
    local word
    if [ ! -e "$PREVIOUS/began" ]; then
        rm -rf "$PREVIOUS" && mkdir -p "$PREVIOUS" && chmod 0700 "$PREVIOUS" && : >"$PREVIOUS/began" || return 1
    fi
    for word in $c_keep_programs; do keep_program "$word" || return 1; done
    for word in $c_keep_files; do keep_file "$word" || return 1; done
}

# The fact tells a plan which of its steps is none by itself.
part_keep() {
    needs_keeping || return 0
    fact keeps yes
    step "Keep what is installed in ${PREVIOUS#"$ROOT"}" keep_all
}
