"""A build that kills itself at a given step; run as a process of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from publish.release.model import Limits
from tests.release.invented import Park, small_park


def changed(park: Park) -> Park:
    """The park on the day after the release that must go on serving."""
    park.tomorrow()
    park.tables["public_penalties"].pop()
    return park


if __name__ == "__main__":
    folder, fatal, percent = sys.argv[1:]

    def die(step: str) -> None:
        if step == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    limits = Limits(carry_percent=int(percent))
    changed(small_park(Path(folder))).build(checkpoint=die, limits=limits)
