"""The figures: cited official figures as series with origins."""

from kttt_lib.published.conflicts import series_conflicts
from kttt_lib.published.load import load_published, origins
from kttt_lib.published.official import broken_links, national_series, official

__all__ = ["broken_links", "load_published", "national_series", "official", "origins", "series_conflicts"]
