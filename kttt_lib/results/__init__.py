"""Every named table that a question gives, declared once; import its name, and a typo is an ImportError."""
# ruff: noqa: F401, F403

from kttt_lib.results.declared import Column, Result, column_of, columns
from kttt_lib.results.tables import *
