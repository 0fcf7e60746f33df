"""How grades work: the rules in force with their law, and the model card."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from datasette import Response

from publish.site import grades
from publish.site.facts import Row
from publish.site.pages.status import versions
from publish.site.visit import Visit, visit_of

SHOWN = frozenset({"today", "policy_id", "published_letters"})
# In the order of reading; what a release calls them.
GROUPS = (
    *("age_under_1", "age_1_to_3", "age_3_to_10", "age_over_10"),
    *("size_under_1m", "size_1m_to_10m", "size_10m_to_100m", "size_over_100m"),
    "size_unknown",
)
DECISIVE = ("veto", "cap", "limit")
THOUSANDTHS = 1000


async def policy(datasette: Any, request: Any) -> Response:
    """``/policy``: grades, colours, rules, what follows and what must not."""
    v = await visit_of(datasette, request)
    rules = await v.facts.rows("SELECT * FROM {policy_rules} ORDER BY position")
    return v.page(
        "policy.html",
        text=f"texts/policy.{v.language}.html",
        card=f"texts/model_card.{v.language}.html",
        bands=bands(v),
        versions=[fact for fact in versions(v) if fact[0] in SHOWN],
        dimensions=_dimensions(v, rules),
        decisive=[(p, [r for r in rules if r["part"] == p]) for p in DECISIVE],
        honours=[r for r in rules if r["part"] == "honour"],
        points=points,
        spreads=await _spreads(v),
        steady=await _steady(v),
        latest=await grades.latest(v.facts),
    )


async def _spreads(v: Visit) -> list[tuple[str, list[grades.Distribution]]]:
    """Grades by age and by size, the youngest and smallest first."""
    rows = await v.facts.rows(
        "SELECT facet, member, standing AS letter, enterprises FROM {model_card} "
        "WHERE facet IN ('age', 'size')"
    )
    rows.sort(key=lambda r: GROUPS.index(r["member"]))
    named = [r | {"member": v.say(f"policy.{r['member']}")} for r in rows]
    facets = {f: [r for r in named if r["facet"] == f] for f in ("age", "size")}
    return [(f, grades.beside(of, "member")) for f, of in facets.items() if of]


async def _steady(v: Visit) -> list[tuple[str, dict[str, int]]]:
    """Letters kept, bettered and worsened by month end, newest first."""
    rows = await v.facts.rows(
        "SELECT member, standing, enterprises FROM {model_card} "
        "WHERE facet = 'stability' ORDER BY member DESC"
    )
    return [
        (month, {r["standing"]: r["enterprises"] for r in these})
        for month, these in groupby(rows, lambda r: str(r["member"]))
    ]


def bands(v: Visit) -> dict[str, str]:
    """What each grade takes, where the release tells (``grade_bands``, in points)."""
    floors: dict[str, int] = json.loads(v.words.release.get("grade_bands") or "{}")
    return {
        letter: v.say("policy.band", low=f"{points:,}")
        for letter, points in floors.items()
    }


def _dimensions(v: Visit, rules: list[Row]) -> list[tuple[str, list[Row]]]:
    """The rules that give points, by dimension."""
    name = f"dimension_{v.language}"
    scoring = [r for r in rules if r["part"] == "points"]
    return [(key, list(these)) for key, these in groupby(scoring, lambda r: r[name])]


def points(row: Row) -> str:
    """The points a rule can give: ``+10``, ``−20 … 0``, ``+5 … +30``."""
    low, high = row["points_from"], row["points_to"]
    ends = [low, high] if low < 0 < high else [low or high]
    return " … ".join(_signed(end) for end in ends)


def _signed(thousandths: int) -> str:
    whole, rest = divmod(abs(thousandths), THOUSANDTHS)
    text = f"{whole}" + (f".{rest:03}".rstrip("0") if rest else "")
    return f"{'−' if thousandths < 0 else '+'}{text}"
