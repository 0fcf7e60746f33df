"""The words a policy may use: event kinds with their values, figures, units.

Derived from the contracts and code lists wherever one exists. Not here: what a policy
makes of them (``policy``), how they become SQL (``events``).
"""

from __future__ import annotations

from functools import cache

from quality.contracts.codelists import code_list

Labels = dict[str, tuple[str, str]]  # code -> (Chinese, English)

# Values of events that no agency's code list defines; set by ``assets/files``.
_TIMELY = {"on_time": ("按时", "on time"), "late": ("逾期", "late")}
_SHORT = {"short": ("未足额", "not in full")}
_UNPAID = {"unpaid": ("未缴", "unpaid")}

_LISTED = {
    "licence": "licence_kind",
    "penalty": "penalty_kind",
    "abnormal_listing": "abnormal_reason",
    "inspection": "inspection_result",
    "tax_credit": "tax_credit_grade",
    "labour_grade": "labour_grade",
    "commitment": "fulfilment",
    "safety_check": "safety_result",
    "qualification": "qualification",
    "honour": "honour_level",
    "standard": "standard_stage",
}
_TIMED: dict[str, Labels] = {
    "annual_report": _TIMELY,
    "contribution": _TIMELY | _SHORT,
    "fee_payment": _TIMELY | _UNPAID,
}

# Kinds whose value holds several codes, as in "0101;0201".
SEVERAL_VALUES = frozenset({"penalty"})

# Kinds that a repair, a removal or the end of publicity closes: from that day on they
# must have no effect (国办发〔2025〕22号), so a policy may only count them while open.
CLOSABLE = frozenset(
    {
        "penalty",
        "abnormal_listing",
        "serious_listing",
        "serious_tax_case",
        "wage_arrears_listing",
        "tax_arrears",
    }
)

# The only entries that may lead to the lowest letter: lists set by law (domain 7.2).
STATUTORY_LISTS = frozenset(
    {"serious_listing", "serious_tax_case", "wage_arrears_listing"}
)

# Columns of ``credit_figures`` that an indicator may take, with their units.
FIGURES = {
    "sales_growth_bp": "bp",
    "credit_sales_share_bp": "bp",
    "dso_centidays": "centidays",
    "dso_annual_centidays": "centidays",
    "dso_average_centidays": "centidays",
    "dso_countback_centidays": "centidays",
    "turnover_bp": "times",
}

# Unit -> (decimals, suffix) of the stored integer when it is shown to people.
UNITS = {
    "number": (0, ""),
    "bp": (2, "%"),
    "centidays": (2, ""),
    "times": (4, ""),
    "fen": (2, ""),
}


def kinds() -> tuple[str, ...]:
    """Every event kind, in the order of the code list."""
    return tuple(code_list("event_kind"))


def severities() -> tuple[str, ...]:
    """minor, general, serious."""
    return tuple(code_list("severity"))


def polarities() -> tuple[str, ...]:
    """positive, neutral, negative."""
    return tuple(code_list("polarity"))


@cache
def labels(kind: str) -> Labels:
    """The values an event kind may have, with labels; empty where it has none."""
    if kind in _TIMED:
        return _TIMED[kind]
    if kind not in _LISTED:
        return {}
    members = code_list(_LISTED[kind]).values()
    return {m.code: (m.zh, m.en) for m in members}


def values_of(kinds_: tuple[str, ...]) -> Labels:
    """The values that events of any of these kinds may have."""
    return {code: names for kind in kinds_ for code, names in labels(kind).items()}
