"""The claim check: every number in a finished report must be backed by a result."""

from kttt_lib.report.claims.check import Unbacked, claim_check

__all__ = ["Unbacked", "claim_check"]
