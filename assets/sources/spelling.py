"""Spellings of codes as SQL: a chain of comparisons, which a lookup in a map never beats.

Not here: the lists and their aliases (``quality.contracts.codelists``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from quality.contracts.codelists import spellings

SEPARATORS = re.compile("[;；、,，]")  # as in ``written_codes`` of parsing.sql
ITEM = "v"


NONE: Mapping[str, str] = {}


def code(text: exp.Expr, name: str, own: Mapping[str, str] = NONE) -> exp.Expr:
    """The code that a text spells; an unknown spelling stays, for the rule to show.

    Args:
        text: squeezed.
        name: of the code list.
        own: spelling -> code, as this source alone means them.
    """
    known = {**spellings(name), **own}
    rest = exp.func("other_noted", text)
    return exp.func("coalesce", _chain(text, known), _chain(rest, known), text)


def codes(text: exp.Expr, name: str, own: Mapping[str, str] = NONE) -> exp.Expr:
    """Codes joined by semicolons, sorted, each once, of a text that may spell several."""
    known = {**spellings(name), **own}
    whole = {k: v for k, v in known.items() if not SEPARATORS.search(k)}
    item = exp.column(ITEM)
    stem = exp.func("code_stem", item)
    noted = exp.func("other_noted", item)
    tried = (_chain(t, known) for t in (item, stem, noted))
    each = exp.func("coalesce", *tried, item)
    read = exp.Lambda(this=each, expressions=[exp.to_identifier(ITEM)])
    listed = exp.func("list_transform", exp.func("written_codes", text), read)
    return exp.func("coalesce", _chain(text, whole), exp.func("joined_codes", listed))


def _chain(text: exp.Expr, known: Mapping[str, str]) -> exp.Expr:
    chain = exp.case(text.copy())
    for spelled, meant in known.items():
        pair = exp.Literal.string(spelled), exp.Literal.string(meant)
        chain.when(*pair, copy=False)
    return chain
