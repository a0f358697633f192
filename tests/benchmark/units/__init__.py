# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Units: one file each, with unit(place) -> Unit. The first letter of a file's name is the unit's."""
