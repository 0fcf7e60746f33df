"""The invented enterprises: who they are and what never depends on a later day.

Not here: what happens to them (``sandbox.streams``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from sandbox.behaviour import GHOST, Behaviour, behaviour_at
from sandbox.days import EPOCH, add_months, later
from sandbox.identifiers import make_uscc, organisation_of, registration_number
from sandbox.industries import BUILDINGS, INDUSTRIES, STREETS, WEIGHTS, Industry
from sandbox.names import enterprise_name, person_name

FIRST_GROWTH = date(2027, 1, 1)
"""From here on the population grows beyond its size, at about the pace of before."""

_GOLDEN = 618_033_989
"""The golden section of a thousand million: spreads any number of places evenly."""

_OLD_CODES_UNTIL = date(2015, 10, 1)
_ENDINGS = {37: "注销", 83: "注销", 121: "迁出", 59: "吊销", 150: "歇业", 199: "清算"}
_STAFF = (6, 9, 12, 15, 18, 22, 26, 30, 35, 42, 55, 70, 90, 130, 180, 320)


@dataclass(frozen=True)
class Enterprise:
    """One enterprise as the agencies will come to know it.

    Attributes:
        ordinal: its number among those of the same behaviour, for scripted events.
        names: every name with the day from which it is borne.
        heads: every legal representative with the first day in office.
        ending: status at the end of its days (or in a pause) and the day it begins.
        consent_from: the day from which the park may collect its rent records.
    """

    seed: int
    index: int
    ordinal: int
    uscc: str
    behaviour: Behaviour
    industry: Industry
    registered_on: date
    names: tuple[tuple[date, str], ...]
    heads: tuple[tuple[date, str], ...]
    capital_wan: int
    staff: int
    street: str
    building: str
    ending: tuple[str, date] | None
    tenant_since: date | None
    consent_from: date | None

    def rng(self, stream: str) -> random.Random:
        """The chance of one stream of events, the same on every run."""
        return random.Random(f"{self.seed}:{self.uscc}:{stream}")

    def last_day(self, until: date) -> date:
        """The last day of its activity that is known on ``until``."""
        if self.ending and self.ending[0] != "歇业":
            return min(until, self.ending[1])
        return until

    def name_on(self, day: date) -> str:
        """The name borne on a day."""
        return _borne(self.names, day)

    def head_on(self, day: date) -> str:
        """The legal representative on a day."""
        return _borne(self.heads, day)

    def written(self, rng: random.Random, day: date) -> str:
        """The name as a clerk writes it: now and then with half-width brackets."""
        name = self.name_on(day)
        if "（" in name and rng.random() < 0.3:
            return name.replace("（", "(").replace("）", ")")
        return name

    @property
    def registration_no(self) -> str:
        """The fifteen-digit number from before unified codes."""
        return registration_number(self.uscc[2:8], 20000000 + self.index)

    @property
    def old_taxpayer_id(self) -> str:
        """The fifteen-character taxpayer number: division and organisation code."""
        return self.uscc[2:17]

    @property
    def area_m2(self) -> int:
        """Rented area in square metres."""
        return self.staff * (9 + self.index % 14)


def _borne(spells: tuple[tuple[date, str], ...], day: date) -> str:
    return next((v for d, v in reversed(spells) if d <= day), spells[0][1])


def population(seed: int, size: int, until: date) -> list[Enterprise]:
    """The enterprises registered by ``until``, in the order of their numbers.

    The first ``size`` register until the end of 2026; a few a month follow for ever.
    """
    maker, found = _Maker(seed, size), []
    for index in count():
        enterprise = maker.make(index)
        if enterprise.registered_on <= until:
            found.append(enterprise)
        elif index >= size:
            break
    return found


class _Maker:
    def __init__(self, seed: int, size: int) -> None:
        self.seed, self.size = seed, size
        self.offset = random.Random(f"{seed}:archetypes").randrange(10**9)
        # Sandboxes of different seeds share no code.
        self.first_number = seed * 7907 % 500_000
        self.ordinals: dict[str, int] = {}
        self.taken: set[str] = set()

    def make(self, index: int) -> Enterprise:
        """Enterprise number ``index``; to be called in order."""
        rng = random.Random(f"{self.seed}:enterprise:{index}")
        behaviour = behaviour_at((index * _GOLDEN + self.offset) % 10**9 // 10**6)
        industry = rng.choices(INDUSTRIES, WEIGHTS)[0]
        registered = self._registered_on(rng, index)
        ending = _ending(rng, index, registered)
        tenant_since = _tenant_since(rng, index, registered, behaviour)
        staff = rng.choice(_STAFF) + rng.randrange(5)
        return Enterprise(
            seed=self.seed,
            index=index,
            ordinal=self._ordinal(behaviour),
            uscc=_code(rng, self.first_number + index, registered),
            behaviour=behaviour,
            industry=industry,
            registered_on=registered,
            names=self._names(rng, index, industry, registered),
            heads=_heads(rng, index, registered),
            capital_wan=rng.choice((50, 100, 200, 300, 500, 800, 1000, 2000, 5000)),
            staff=staff,
            street=f"{rng.choice(STREETS)}{rng.randrange(1, 400)}号",
            building=rng.choice(BUILDINGS),
            ending=ending,
            tenant_since=tenant_since,
            consent_from=_consent_from(rng, index, tenant_since),
        )

    def _ordinal(self, behaviour: Behaviour) -> int:
        number = self.ordinals.get(behaviour.name, 0)
        self.ordinals[behaviour.name] = number + 1
        return number

    def _registered_on(self, rng: random.Random, index: int) -> date:
        day = timedelta(days=rng.randrange(28))
        if index >= self.size:
            monthly = max(1, self.size // 240)
            return add_months(FIRST_GROWTH, (index - self.size) // monthly) + day
        if rng.random() < 0.72:
            back = min(rng.randrange(216), rng.randrange(216))
            return add_months(date(2022, 12, 1), -back) + day
        return add_months(EPOCH, rng.randrange(48)) + day

    def _names(
        self, rng: random.Random, index: int, industry: Industry, registered: date
    ) -> tuple[tuple[date, str], ...]:
        names = [(registered, self._name(rng, industry, index))]
        if index % 25 == 11:
            changed = later(rng, max(registered, date(2021, 6, 1)), 300, 1500)
            names.append((changed, self._name(rng, industry, index)))
        return tuple(names)

    def _name(self, rng: random.Random, industry: Industry, index: int) -> str:
        while (name := enterprise_name(rng, industry, index)) in self.taken:
            pass
        self.taken.add(name)
        return name


def _code(rng: random.Random, number: int, registered: date) -> str:
    division = rng.choices(("370303", "370300", "370305", "370306"), (70, 20, 5, 5))[0]
    old = registered < _OLD_CODES_UNTIL
    return make_uscc("91" + division, organisation_of(number, old=old))


def _heads(
    rng: random.Random, index: int, registered: date
) -> tuple[tuple[date, str], ...]:
    heads = [(registered, person_name(rng))]
    if index % 12 == 5:
        changed = later(rng, max(registered, date(2022, 1, 1)), 200, 1600)
        heads.append((changed, person_name(rng)))
    return tuple(heads)


def _ending(
    rng: random.Random, index: int, registered: date
) -> tuple[str, date] | None:
    status = _ENDINGS.get(index % 200)
    day = later(rng, max(registered + timedelta(days=300), EPOCH), 120, 1250)
    return (status, day) if status else None


def _tenant_since(
    rng: random.Random, index: int, registered: date, behaviour: Behaviour
) -> date | None:
    """The first day of the month in which it moves in.

    One in twenty never does; of those without any other record every second has.
    """
    waits = rng.randint(1, 2)
    moved_in = add_months(max(registered, date(2016, 1, 1)).replace(day=1), waits)
    stays_away = index % 2 if behaviour is GHOST else index % 20 == 7
    return None if stays_away else moved_in


def _consent_from(
    rng: random.Random, index: int, tenant_since: date | None
) -> date | None:
    """Four of five consent, one in ten of these only after a while."""
    agrees, when = rng.random() < 0.8, rng.randint(60, 700)
    if tenant_since is None or not agrees:
        return None
    if index % 10 == 3:
        return max(tenant_since, EPOCH) + timedelta(days=when)
    return tenant_since
