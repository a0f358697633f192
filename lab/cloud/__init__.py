# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Simulators of clouds, a folder for each provider: its API over HTTP, in simulated or real time.

Only `on_hosts.py` of a folder knows of hosts: they are its machines in a lab.
"""
