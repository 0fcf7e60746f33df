"""One scenario once, in this process: ``python -m benchmarks.child NAME SIZE FOLDER``.

The harness starts it, so that neither memory nor caches of one scenario are seen by
another. The last line it prints is its result as JSON. Not here: how often, and the report.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from pathlib import Path
from typing import Any

from benchmarks.declared import BY_NAME, PRINTED
from benchmarks.meter import Meter

PREPARE, SERVER = "--prepare", "server"


def main(words: list[str]) -> None:
    """Prepare, or run all steps."""
    name, size, folder = BY_NAME[words[0]], int(words[1]), Path(words[2])
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    if PREPARE in words:
        name.prepare(folder, size)
        return
    found: dict[str, Any] = {}
    for step, work in name.steps(folder, size).items():
        told, meter = io.StringIO(), Meter()
        with contextlib.redirect_stdout(told):
            parts = work()
        found[step] = meter.read().document()
        if parts and SERVER in parts:  # work done by another process
            found[step]["processor"] += round(parts[SERVER].processor, 3)
        elif parts:
            found[step]["parts"] = {k: c.document() for k, c in parts.items()}
            # Each part forgets the peak of the one before.
            held = [found[step]["peak"], *(c.peak for c in parts.values())]
            found[step]["peak"] = round(max(held), 3)
        if step == PRINTED:
            found[step]["text"] = told.getvalue()
    sys.stdout.write(f"\n{json.dumps(found, ensure_ascii=False)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
