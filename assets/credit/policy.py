"""The policy document: what the zone's credit office edits, typed.

Here: the shape of the document and the look-ups others need. Not here: reading a file
(``loading``), mistakes that span several parts (``consistency``), SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field, PrivateAttr, model_validator

from assets.credit.document import (
    Count,
    Flag,
    Identifier,
    Letter,
    Names,
    Part,
    Points,
    Sentence,
    exactly_one,
)
from assets.credit.rules import Rule
from assets.credit.values import Filter, Value

Letters = tuple[Letter, ...]


class Named(Part):
    """Something with an id and a name in both languages."""

    id: Identifier
    zh: Sentence
    en: Sentence


class Sourced(Named):
    """Something named that rests on a law or notice."""

    source: Sentence


class Score(Part):
    """Where a score starts and the range the dimensions and limits leave it."""

    base: Points
    minimum: Points
    maximum: Points


class Dimension(Named):
    """A group of indicators whose points together stay within floor and ceiling."""

    floor: Points = Field(le=0)
    ceiling: Points = Field(ge=0)


class Advice(Part):
    """A change an enterprise can bring about, and what the indicator would then be.

    Attributes:
        zh: what to do.
        en: the same in English.
        to: the number or code it would reach; decayed points would be gone.
        add: how much the number would grow.
        also: counts that would become 0 with it.
    """

    zh: Sentence
    en: Sentence
    to: Count | Sentence | None = None
    add: Count | None = Field(None, gt=0)
    also: Names = ()

    @model_validator(mode="after")
    def _one(self) -> Advice:
        exactly_one(self, ("to", "add"))
        return self


class Indicator(Named):
    """One measured fact of an enterprise and the rules that give points for it."""

    dimension: str
    value: Value
    rules: tuple[Rule, ...] = ()
    advice: Advice | None = None


class Limit(Sourced):
    """A bound on what certain rules may do to the letter.

    Rules that name a limit stay out of their dimension's sum. Their points, at least
    ``floor`` together, are applied afterwards, limit by limit in document order, and
    stop at the lower bound of the band they would leave: of the band the enterprise is
    in (``keeps: letter``) or of a certain letter. ``zh`` and ``en`` may hold
    ``{change}``, the points given back.
    """

    dimension: str
    keeps: Literal["letter"] | Letter
    floor: Points = Field(lt=0)


class Band(Part):
    """A letter from a score upwards; the last band takes everything below."""

    letter: Letter
    start: Points | None = Field(None, alias="from")
    colour: Literal["green", "yellow", "red", "black"]


class Condition(Sourced):
    """A state of an indicator: a number above a value, or one of certain codes."""

    indicator: str
    above: Count | None = None
    values: Names = ()


class Cap(Condition):
    """While it holds, the letter is at most ``letter``."""

    letter: Letter


class Family(Named):
    """A family of data that should be present before anybody is graded.

    Attributes:
        when: the events that show the family is present.
        from_month: full months since establishment before it is expected.
        consented: expected only of tenants who consented to park data.
        indicators: what cannot be measured without it; for ``missing: reweight``.
    """

    when: Filter
    from_month: Count = Field(0, ge=0)
    consented: Flag = False
    indicators: Names = ()


class Grading(Part):
    """When there is enough to grade at all: no data is never a bad grade.

    Attributes:
        missing: what stands for points that missing data cannot give: nothing
            (``neutral``), or the points of the same dimension in proportion
            (``reweight``).
    """

    minimum_completeness_bp: Count = Field(ge=0, le=10000)
    new_enterprise_months: Count = Field(ge=0)
    families: tuple[Family, ...] = Field(min_length=1)
    missing: Literal["neutral", "reweight"] = "neutral"


class Tolerance(Part):
    """A period in which certain deductions only remind (新业态企业包容期).

    Attributes:
        when: the events that open the period; ``within_months`` is its length.
        limits: the rules of these limits remind instead of deducting.
        zh: stands where a reason would tell the points.
        en: the same in English.
    """

    when: Filter
    limits: Names = Field(min_length=1)
    zh: Sentence
    en: Sentence
    source: Sentence


class Governance(Part):
    """How a downgrade takes effect; first grades and upgrades are immediate.

    Attributes:
        objection_working_days: from the notice, the day of the notice not counted.
        confirmation: by the ``office``, or ``automatic`` when the days are over.
    """

    objection_working_days: Count = Field(ge=1, le=60)
    confirmation: Literal["office", "automatic"]
    source: Sentence


class Publication(Part):
    """Which grades the public may see."""

    letters: Letters
    source: Sentence


class Exemption(Sourced):
    """Enterprises that random inspections pass over, with the reason recorded."""

    qualifications: Names = Field(min_length=1)
    letters: Letters = Field(min_length=1)


class Inspection(Part):
    """Sampling ratios in basis points; the greater of letter and risk class holds."""

    ratio_bp_by_letter: dict[Letter, Count]
    ratio_bp_by_risk_class: dict[str, Count]
    ratio_bp_not_graded: Count = Field(ge=0, le=10000)
    exemptions: tuple[Exemption, ...] = ()
    source: Sentence


class Incentives(Part):
    """Who may have the incentives of the park's catalogue at all."""

    states: Names = Field(min_length=1)
    source: Sentence


class Leader(Sourced):
    """诚信领跑: this letter now and at the month ends before, nothing negative open."""

    letters: Letters = Field(min_length=1)
    month_ends: Count = Field(ge=0)
    no_open_severities: Names = ()


class Supported(Sourced):
    """守信助跑: the best scores among holders of a qualification or honour."""

    letters: Letters = Field(min_length=1)
    top: Count = Field(gt=0)
    any_of_kinds: Names = Field(min_length=1)


class StandardModel(Sourced):
    """贯标示范: assessed against the credit-management standard."""

    letters: Letters = Field(min_length=1)
    stage: str


class TaxA(Sourced):
    """A级纳税人: the newest published tax grade."""

    grade: str


class Honours(Part):
    """Criteria of the honour lists."""

    leader: Leader
    supported: Supported
    standard_model: StandardModel
    tax_a: TaxA


class Measures(Part):
    """What follows from a grade (compiled by ``assets/measures``)."""

    inspection: Inspection
    incentives: Incentives
    honours: Honours


class Policy(Named):
    """A dated policy; everything that decides a grade, and nothing else.

    Attributes:
        valid_from: first evaluation date it is meant for.
        valid_to: last one; ``None`` while in force.
        score: base and range, thousandths of a point.
        bands: best letter first.
        vetoes: statutory listings that alone lead to the last letter.
        caps: states that bound the letter.
        tolerance: who is reminded of minor matters rather than marked down.
        governance: how a downgrade takes effect.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    valid_from: date
    valid_to: date | None = None
    source: Sentence
    score: Score
    grading: Grading
    dimensions: tuple[Dimension, ...] = Field(min_length=1)
    bands: tuple[Band, ...] = Field(min_length=2)
    limits: tuple[Limit, ...] = ()
    tolerance: Tolerance | None = None
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    vetoes: tuple[Condition, ...] = ()
    caps: tuple[Cap, ...] = ()
    governance: Governance
    publication: Publication
    measures: Measures
    _sha256: str = PrivateAttr("")

    @property
    def sha256(self) -> str:
        """Fingerprint of the document's bytes."""
        return self._sha256

    def rules(self) -> Iterator[tuple[Indicator, Rule]]:
        """Every rule with its indicator, in document order."""
        for indicator in self.indicators:
            for rule in indicator.rules:
                yield indicator, rule

    def tolerates(self, rule: Rule) -> bool:
        """Whether a rule only reminds during the tolerance period."""
        return bool(self.tolerance and rule.limit in self.tolerance.limits)

    def indicator(self, id_: str) -> Indicator:
        """The indicator of that id.

        Raises:
            KeyError: there is none (``load_policy`` has refused such a document).
        """
        return {i.id: i for i in self.indicators}[id_]

    def ranks(self) -> dict[Letter, int]:
        """Letters by rank, 0 the best."""
        return {band.letter: rank for rank, band in enumerate(self.bands)}
