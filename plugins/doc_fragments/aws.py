# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of every module that talks to AWS: how it proves who it is, and where it finds AWS."""
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  aws_access_key:
    description:
      - Access key of AWS. Together with O(aws_secret_key).
      - If not given, what boto3 finds where the module runs, C(AWS_ACCESS_KEY_ID) and the other variables of the environment, the files of C(~/.aws),
        the role of the machine.
    type: str
  aws_secret_key:
    description: Secret key of AWS.
    type: str
  aws_session_token:
    description: Session token of temporary credentials.
    type: str
  aws_profile:
    description: Profile in the files of C(~/.aws).
    type: str
  aws_url:
    description: Address of AWS's APIs. Those of the region if not given.
    type: str
    default: ""
    aliases: [endpoint_url]
requirements:
  - boto3 (Python library)
"""
