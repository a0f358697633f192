# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real Kubernetes hosts and simulated clouds on one machine, from source. README.md tells what it is; `caas-lab --help`, what it does."""
