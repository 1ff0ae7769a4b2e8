"""The claim check: all that a finished report says must be what the tables published beside it tell."""

from kttt_lib.report.claims.backed import Unbacked, unbacked
from kttt_lib.report.claims.check import Checked, expected, read_report, verify, verify_made
from kttt_lib.report.claims.said import Difference, differences

__all__ = [
    "Checked",
    "Difference",
    "Unbacked",
    "differences",
    "expected",
    "read_report",
    "unbacked",
    "verify",
    "verify_made",
]
