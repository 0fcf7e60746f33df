"""From points to a letter, within the law.

The last letter (black) only follows a live entry of a list set by law; a score in the
last band without one is the letter above it with the state ``attention`` (domain 7.2).
Nobody is graded on too little data. Not here: points (``indicators``).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.indicators import KEY, TABLE
from assets.credit.points import value_name
from assets.credit.policy import Condition, Policy

SCORE = "total_points"
VETO, CAP, CAP_RANK, BAND, RANK = "veto", "cap", "cap_rank", "band_rank", "letter_rank"


def grades_query(policy: Policy) -> exp.Query:
    """``grades`` (contract) from ``credit_indicators``."""
    query = exp.select(*_columns(policy)).from_("ranked")
    for name, stage in grade_stages(policy, TABLE):
        query = query.with_(name, as_=stage, copy=False)
    return query


def grade_stages(policy: Policy, source: str) -> list[tuple[str, exp.Query]]:
    """From a total and values to a letter, stage by stage; the last is ``ranked``."""
    return [
        ("met", x.select_all(source, *_met(policy))),
        ("bounded", x.select_all("met", x.named(_graded(policy), "graded"))),
        ("ranked", x.select_all("bounded", x.named(_rank(policy), RANK))),
    ]


def holds(condition: Condition) -> exp.Expr:
    """Whether a veto or cap applies; an indicator without value never does."""
    value = x.column(value_name(condition.indicator))
    if condition.values:
        return x.among(value, condition.values)
    return value > (condition.above or 0)


def _met(policy: Policy) -> Sequence[exp.Expr]:
    vetoes = [(holds(veto), x.text(veto.id)) for veto in policy.vetoes]
    ranks = policy.ranks()
    # The strictest cap first, then document order: its id is the reason given.
    caps = sorted(policy.caps, key=lambda cap: -ranks[cap.letter])
    capped = [(holds(cap), x.text(cap.id)) for cap in caps]
    cap_ranks = [(holds(cap), x.number(ranks[cap.letter])) for cap in caps]
    bands = [
        (x.column(SCORE) >= band.start, x.number(ranks[band.letter]))
        for band in policy.bands
        if band.start is not None
    ]
    return [
        x.named(x.string(x.case(vetoes)), VETO),
        x.named(x.string(x.case(capped)), CAP),
        x.named(x.case(cap_ranks, x.number(0)), CAP_RANK),
        x.named(x.case(bands, x.number(len(policy.bands) - 1)), BAND),
    ]


def _graded(policy: Policy) -> exp.Expr:
    """A statutory listing is always told; otherwise there must be enough to go by."""
    enough = x.column("completeness_bp") >= policy.grading.minimum_completeness_bp
    unknown = x.every(
        [x.column("new_enterprise").eq(1), x.column("families_present").eq(0)]
    )
    judged = exp.and_(enough, exp.paren(unknown).not_())
    return x.any_of([x.is_null(x.column(VETO)).not_(), judged])


def _rank(policy: Policy) -> exp.Expr:
    last = len(policy.bands) - 1
    lawful = x.least(x.column(BAND), x.number(last - 1))
    vetoed = x.is_null(x.column(VETO)).not_()
    return x.when(vetoed, x.number(last), x.greatest(lawful, x.column(CAP_RANK)))


def state(policy: Policy) -> exp.Expr:
    """Graded, not graded, or below the last lawful letter (``attention``)."""
    last = len(policy.bands) - 1
    below = x.every([x.is_null(x.column(VETO)), x.column(BAND).eq(last)])
    cases = [
        (x.column("graded").not_(), x.text("not_graded")),
        (below, x.text("attention")),
    ]
    return x.case(cases, x.text("graded"))


def _veto_rule() -> exp.Expr:
    """The veto, or the cap that cost a letter; ``attention`` is no cap's doing."""
    binding = x.column(CAP_RANK) > x.column(BAND)
    cases = [
        (x.column("graded").not_(), exp.null()),
        (x.is_null(x.column(VETO)).not_(), x.column(VETO)),
        (binding, x.column(CAP)),
    ]
    return x.string(x.case(cases))


def letter(policy: Policy) -> exp.Expr:
    """The letter of a rank."""
    letters = [
        (x.column(RANK).eq(rank), x.text(name)) for name, rank in policy.ranks().items()
    ]
    return x.case(letters)


def _columns(policy: Policy) -> Sequence[exp.Expr]:
    graded = x.column("graded")
    vetoed = x.is_null(x.column(VETO)).not_()
    return [
        *map(x.column, KEY),
        x.named(x.text(policy.id), "policy_id"),
        x.named(state(policy), "state"),
        x.named(x.bigint(x.when(graded, x.column(SCORE))), "score_points"),
        x.named(x.when(graded.copy(), letter(policy)), "letter"),
        x.column("completeness_bp"),
        x.named(vetoed, "vetoed"),
        x.named(_veto_rule(), "veto_rule"),
    ]
