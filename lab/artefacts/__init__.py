# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the lab's hosts download: built from published source, cached by content, laid out as upstream lays it out.

`build.ensure()` is the way in. An artefact is a directory in the store of the cache, named by a hash of all that goes into it;
what it holds under `mirror/`, `registry/` and `bin/` is linked into the directories of that name in the cache.
"""
