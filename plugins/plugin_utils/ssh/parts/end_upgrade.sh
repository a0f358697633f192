# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# shellcheck shell=sh disable=SC3043,SC2154
# An upgrade has ended. What was kept of the versions before it stays until the next one, or until the host is reset.

part_end_upgrade() { [ ! -e "$PREVIOUS/began" ] || step "Note that the upgrade has ended" rm -f "$PREVIOUS/began"; }
