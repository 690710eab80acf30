"""What Slack would refuse: every limit and required field of messages, views, blocks and manifests, as pure checks."""

from counterpoise_sandbox.checks.manifest import check_manifest
from counterpoise_sandbox.checks.payloads import check_blocks, check_message, check_view, read_length
from counterpoise_sandbox.checks.problem import Problem, error_of

__all__ = [
    "Problem",
    "check_blocks",
    "check_manifest",
    "check_message",
    "check_view",
    "error_of",
    "read_length",
]
