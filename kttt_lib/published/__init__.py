"""The figures: cited official figures as series with origins."""

from kttt_lib.published.attainment import published_scorecard
from kttt_lib.published.catalogue import load_catalogue
from kttt_lib.published.conflicts import series_conflicts
from kttt_lib.published.load import load_published, origins
from kttt_lib.published.official import national_series, official
from kttt_lib.published.plan_sources import check_plan_sources
from kttt_lib.published.reconcile import reconcile

__all__ = [
    "check_plan_sources",
    "load_catalogue",
    "load_published",
    "national_series",
    "official",
    "origins",
    "published_scorecard",
    "reconcile",
    "series_conflicts",
]
