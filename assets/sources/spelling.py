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


def code(text: exp.Expr, name: str) -> exp.Expr:
    """The code that a text spells; an unknown spelling stays, for the rule to show."""
    return exp.func("coalesce", _chain(text, spellings(name)), text)


def codes(text: exp.Expr, name: str) -> exp.Expr:
    """Codes joined by semicolons, sorted, each once, of a text that may spell several."""
    known = spellings(name)
    whole = {k: v for k, v in known.items() if not SEPARATORS.search(k)}
    item = exp.column(ITEM)
    stem = exp.func("code_stem", item)
    each = exp.func("coalesce", _chain(item, known), _chain(stem, known), item)
    read = exp.Lambda(this=each, expressions=[exp.to_identifier(ITEM)])
    listed = exp.func("list_transform", exp.func("written_codes", text), read)
    return exp.func("coalesce", _chain(text, whole), exp.func("joined_codes", listed))


def _chain(text: exp.Expr, known: Mapping[str, str]) -> exp.Expr:
    chain = exp.case(text.copy())
    for spelled, meant in known.items():
        chain = chain.when(exp.Literal.string(spelled), exp.Literal.string(meant))
    return chain
