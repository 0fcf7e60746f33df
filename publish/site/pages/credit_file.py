"""The credit file of one enterprise."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site import sections
from publish.site.facts import Facts, Row
from publish.site.visit import Visit, visit_of
from quality.identifiers import (
    CheckDigitError,
    IdentifierCharacterError,
    IdentifierLengthError,
    parse,
    suggest,
)

LONGEST = 40  # characters of a wrong code that are repeated to the visitor


async def credit_file(datasette: Any, request: Any) -> Response:
    """``/e/{uscc}``."""
    v = await visit_of(datasette, request)
    uscc = v.part("uscc")
    canonical = uscc.upper()
    if uscc != canonical:
        return Response.redirect(f"/e/{canonical}")
    enterprise = await enterprise_of(v.facts, uscc)
    if enterprise is None:
        return missing(v, uscc)
    parts = await sections.sections_of(v.facts, uscc)
    return v.page(
        "credit_file.html",
        e=enterprise,
        sections=parts,
        advice=sections.advice(parts),
        contested=datasette.marks.of(uscc),
        timeline=await sections.timeline(v.facts, uscc),
        sources=await sections.sources(v.facts, uscc),
    )


async def enterprise_of(facts: Facts, uscc: str) -> Row | None:
    """The register entry, or nothing."""
    return await facts.row("SELECT * FROM {enterprises} WHERE uscc = :uscc", uscc=uscc)


def missing(v: Visit, uscc: str) -> Response:
    """404 that says whether the code is wrong or merely not on file."""
    return v.page(
        "missing_file.html",
        status=404,
        uscc=uscc[:LONGEST],
        why=fault(uscc),
        suggested=suggest(uscc),
    )


def fault(uscc: str) -> str:
    """What is wrong: ``length``, ``characters``, ``check`` or ``unknown`` to us."""
    try:
        parse(uscc)
    except IdentifierLengthError:
        return "length"
    except IdentifierCharacterError:
        return "characters"
    except CheckDigitError:
        return "check"
    return "unknown"
