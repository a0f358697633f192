# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosts of a lab and what they need around them: networks, keys, a mirror, a registry, a load balancer. `lifecycle` is the way in."""
