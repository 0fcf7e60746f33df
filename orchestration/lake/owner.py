"""Whose a lake is that lies elsewhere: one home's, so that two never write to it.

A home's own lock keeps runs apart on its machines; it cannot see another home. Not here:
that lock (``orchestration.holding``).
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from uuid import uuid4

from orchestration.lake import atomic
from orchestration.lake.store import Store

OWNER = "owner.json"


class LakeTakenError(LookupError):
    """The lake is another home's; says whose, and how to take it over."""


def claim(store: Store, folder: Path) -> None:
    """Keep a lake for the home that has a folder, or see that it is this home's.

    Args:
        store: the lake.
        folder: of the home; holds by what name the home is known.

    Raises:
        LakeTakenError: it is kept for another home.
    """
    mine, body = _name(folder / OWNER), store.read(OWNER)
    if body is None:
        told = {"home": mine, "host": socket.gethostname()}
        store.write(OWNER, atomic.as_json(told))
        return
    owner = json.loads(body)
    if owner["home"] != mine:
        raise LakeTakenError(
            f"CREDITPARK_LAKE: {store.shown(OWNER)} says that the lake is kept for "
            f"another home, of host {owner['host']}: name another place, or delete that "
            "file if the other home is gone for good"
        )


def _name(path: Path) -> str:
    if not path.is_file():
        atomic.write_text(path, uuid4().hex)
    return path.read_text("utf-8")
