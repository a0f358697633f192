# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What ends a build with one line instead of a traceback."""
from __future__ import annotations


class BuildError(Exception):
    """The message says what failed, where, why and what to do."""
