# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC2154
# Downloads that are not going to be installed.

part_unfetch() { [ ! -d "$STAGE" ] || step "Drop downloads" drop_downloads; }
