"""Which days a run has to pull: from the oldest missing day to yesterday."""

from __future__ import annotations

from datetime import date, timedelta

from assets.sources.declaration import Sources
from assets.stores import Landing, Window

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def pending_span(sources: Sources, landing: Landing, today: date) -> Window:
    """From the oldest day any dataset with dates lacks up to yesterday.

    Days are asked for when they are over, so that a window never has to be asked twice.
    Where nothing is missing, the span is yesterday alone (and pulls nothing).

    Raises:
        ValueError: today lies before the history starts.
    """
    if today <= sources.history_from:
        raise ValueError(
            f"today is {today}, but the sources' history starts on "
            f"{sources.history_from}; set CREDITPARK_TODAY to a later day"
        )
    whole = Window(sources.history_from, today)
    yesterday = today - timedelta(days=1)
    missing = [
        window.first
        for agency in sources.agencies.values()
        if agency.dated
        for name in agency.datasets
        for window in landing.pending(name, whole)
    ]
    return Window(min(missing, default=yesterday), today)


def pending_tags(sources: Sources, landing: Landing, today: date) -> dict[str, str]:
    """The span as Dagster's tags of a single-run backfill."""
    span = pending_span(sources, landing, today)
    last = span.end - timedelta(days=1)
    return {RANGE_START: span.first.isoformat(), RANGE_END: last.isoformat()}
