# shellcheck shell=sh
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Sourced by scripts/demo and scripts/test: a virtual environment with what the checkout needs. Works under any POSIX shell.

fail() { printf '%s\n' "$*" >&2; exit 1; }

# The newest Python that is there; 3.11 is the lowest that a supported ansible-core runs on.
find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

install_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "Packages are missing (this is not a Debian or Ubuntu machine):$missing. Install them and run this again."
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    printf 'Installing packages:%s\n' "$missing"
    # shellcheck disable=SC2086
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing; } >/dev/null ||
        fail "apt-get could not install:$missing. Install them by hand and run this again."
}

# prepare_environment KIND: KIND is user (what the collection needs) or dev (and what its tests need)
prepare_environment() {
    python=$(find_python) || {
        install_packages python3 python3-venv
        python=$(find_python) || fail "Python 3.11 or newer is needed, here is $(python3 --version 2>&1). Set PYTHON=/path/to/a/newer/python3."
    }
    case $python in /usr/bin/*) install_packages python3-venv ;; esac
    stamp=.venv/.prepared-$1
    wanted=$(cat requirements.txt pyproject.toml | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        printf 'Preparing a virtual environment in .venv (a minute the first time)\n'
        [ -x .venv/bin/python ] || "$python" -m venv .venv || fail "python3 -m venv failed. Install python3-venv and run this again."
        .venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
        # the list of test tools lives in pyproject.toml alone
        [ "$1" = user ] || .venv/bin/python -c '
import tomllib
print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["dev"]))' |
            xargs .venv/bin/pip install -q --disable-pip-version-check
        printf '%s\n' "$wanted" > "$stamp"
    fi
    mkdir -p .dev/ansible_collections/kubermatic
    ln -sfn ../../.. .dev/ansible_collections/kubermatic/caas
    ln -sfn ../../lab/caas-lab .venv/bin/caas-lab
    ANSIBLE_COLLECTIONS_PATH=$PWD/.dev
    # an older installed copy of the collection under ~/.ansible would hide this checkout
    ANSIBLE_HOME=$PWD/.ansible
    PATH=$PWD/.venv/bin:$PATH
    export ANSIBLE_COLLECTIONS_PATH ANSIBLE_HOME PATH
}
