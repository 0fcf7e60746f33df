"""The one clock: where every date of the house comes from.

Not here: reading the environment (``orchestration.settings`` does, and hands a clock
down).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Clock:
    """Today in China Standard Time, or the day it was set to.

    Attributes:
        fixed: the day to live in; ``None`` follows the machine.
    """

    fixed: date | None = None

    def today(self) -> date:
        """The calendar day in Asia/Shanghai."""
        return self.fixed or datetime.now(ZONE).date()

    def now(self) -> datetime:
        """The instant, with zone; noon of the fixed day where one is set."""
        if self.fixed:
            return datetime.combine(self.fixed, time(12), ZONE)
        return datetime.now(ZONE)
