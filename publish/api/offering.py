"""Financial products, and which of them an enterprise's grade is good for.

Not here: advice; the conditions are the bank's, the facts ours.
"""

from __future__ import annotations

import sqlite3

from publish.api import facts
from publish.api.call import Call, Reply
from publish.api.credit import latest
from publish.api.operation import Wire
from quality.contracts.codelists import code_list

ITEM = "grade"


async def products(call: Call) -> Reply:
    """``GET /products``: every product in the catalogue, those past their day left out."""
    return Reply({"rows": await _products(call)})


async def offers(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/offers``: products whose least grade it has reached.

    Without a grade only products that ask for none are told.
    """
    uscc = call.values["uscc"]
    letter = await call.authorised(_letter, uscc)
    rows = [p for p in await _products(call) if reaches(letter, p["minimum_grade"])]
    return Reply(
        {"uscc": uscc, "letter": letter, "rows": rows}, uscc=uscc, items=(ITEM,)
    )


def reaches(letter: str | None, least: str | None) -> bool:
    """Whether a grade is as good as the least one; no least one is reached by all."""
    if least is None:
        return True
    letters = [*code_list("park_grade")]
    return letter is not None and letters.index(letter) <= letters.index(least)


async def _products(call: Call) -> list[Wire]:
    today = call.release.today().isoformat()
    rows: list[Wire] = await call.public(facts.read_all, "financial_products")
    return [r for r in rows if r["valid_to"] is None or r["valid_to"] >= today]


def _letter(connection: sqlite3.Connection, uscc: str) -> str | None:
    rows = latest(connection, "grades", uscc)
    return rows[0]["letter"] if rows else None
