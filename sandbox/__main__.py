"""``python -m sandbox``: the agencies on a port of this machine, until interrupted."""

from __future__ import annotations

import argparse
import logging
import signal
from datetime import date
from pathlib import Path

from sandbox.service import serve
from sandbox.universe import ENTERPRISES, SEED
from sandbox.web.mischief import parsed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES)
    parser.add_argument("--faults", type=parsed, default={}, help="PLACE=KIND,…")
    parser.add_argument("--drop", type=Path, metavar="DIR", help="deliver files here")
    return parser.parse_args()


def main() -> None:
    """Serve as asked on the command line."""
    given = _arguments()
    # A shell that starts it in the background lets it ignore the interruption.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    serve(
        given.port,
        given.today,
        given.seed,
        given.enterprises,
        given.drop,
        faults=given.faults,
    )


if __name__ == "__main__":
    main()
