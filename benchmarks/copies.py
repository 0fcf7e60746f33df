"""A park of any size: the sandbox's deliveries, copied under valid codes of their own.

The sandbox is pulled once, over HTTP and files, by the product's own pull; its raw rows
are then written to landing again and again in the agencies' own formats, each copy with
enterprises of its own (codes, names, register and taxpayer numbers, numbers of
commitments and applications). Monthly rows are thinned, so that an enterprise has about
twelve records. Broken rows are copied as they are. Workbooks become CSV: no sheet holds a
million rows. Not here: what is measured.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import yaml

from assets.sources import filedrop, http
from assets.sources.declaration import HttpAgency, Sources, load_sources
from assets.sources.pull import pull
from assets.stores import Arrival, Batch, Window
from orchestration.lake.landing import FileLanding
from orchestration.settings import SANDBOX, sandbox_variables
from quality.clock import Clock
from sandbox import Sandbox
from sandbox.identifiers import make_uscc, organisation_of, registration_number

TODAY = date(2026, 11, 23)
HISTORY_FROM = date(2023, 1, 1)
SEED_ENTERPRISES = 500
PAGE = 1000
# Rows of a thousand that a copy takes; what is not named is taken whole.
TAKEN = {
    "social_contributions": 25,
    "fee_payments": 40,
    "risk_classes": 50,
    "financial_statements": 60,
    "annual_reports": 150,
    "tax_credit_grades": 150,
    "labour_grades": 100,
    "permits": 110,
    "commitments": 110,
    "site_visits": 80,
    "safety_checks": 90,
    "standard_clauses": 100,
    "credit_managers": 100,
    "penalties": 160,
    "abnormal_listings": 150,
    "tax_arrears": 120,
    "bank_feedback": 100,
    "inspection_results": 150,
    "tenancies": 450,
    "supply_links": 150,
    "policy_applications": 100,
}  # fmt: skip
# Tables of the office: one for the park, however large it is.
COMMON = (
    "financial_products",
    "incentive_catalogue",
    "government_commitments",
    "inspection_staff",
    "inspection_plans",
    "support_policies",
    "honour_rounds",
)  # fmt: skip
CODES = re.compile(r"(?<![0-9A-Z])(?:[0-9A-HJ-NPQRTUWXY]{18}|\d{15})(?![0-9A-Z])")
MARK = re.compile("\ue000(\\d+)\ue001")
HERE = "\ue002"
COMMITMENT = re.compile(r"\d{20}")
NUMBERED = ("申请编号", "申报编号")
Render = Callable[[int], str]
Parts = tuple[Sequence[str], Sequence[int], int | None]  # texts, tokens, enterprise


def sources_file(folder: Path, history_from: date) -> Path:
    """The sandbox's configuration for deliveries that are all CSV or JSON."""
    declared = yaml.safe_load(SANDBOX.read_text("utf-8"))
    declared["history_from"] = history_from
    for dataset in declared["agencies"]["park"]["datasets"]:
        declared["agencies"]["park"]["datasets"][dataset] = {}
    path = folder / "sources.yaml"
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), "utf-8")
    return path


def pulled(folder: Path) -> FileLanding:
    """The sandbox's deliveries in landing; pulled once for each folder."""
    landing = FileLanding(folder / "landing", Clock(TODAY))
    done = folder / "pulled"
    if done.is_file():
        return landing
    inbox = folder / "inbox"
    with Sandbox(today=TODAY, enterprises=SEED_ENTERPRISES) as simulated:
        simulated.drop(inbox)
        sources = _sources(simulated.base_url, inbox)
        span = Window(HISTORY_FROM, TODAY)
        with http.session() as web:
            for dataset in _datasets(sources):
                found = pull(sources, dataset, span, landing, web)
                if found.error:
                    raise RuntimeError(f"{dataset}: {found.error}")
    done.touch()
    return landing


def _sources(url: str, inbox: Path) -> Sources:
    return load_sources(
        SANDBOX, sandbox_variables(url) | {"CREDITPARK_INBOX": str(inbox)}
    )


def _datasets(sources: Sources) -> list[str]:
    return [name for agency in sources.agencies.values() for name in agency.datasets]


@dataclass(frozen=True)
class Delivery:
    """One dataset's delivery of the sandbox: its rows in pieces, and what is round them."""

    batch: Batch
    rows: list[Parts]
    head: str
    tail: str
    between: str
    page: int | None  # rows in a page; None: one file

    @property
    def copied(self) -> bool:
        """Whether each copy has rows of its own."""
        return self.batch.dataset not in COMMON

    def taken(self, copy: int, salt: int, part: float) -> Iterator[tuple[Parts, int]]:
        """The rows of one copy, of the first ``part`` of its enterprises."""
        whole = not self.copied
        share = 1000 if whole else TAKEN.get(self.batch.dataset, 1000)
        number = len(self.rows) * share // 1000 or min(1, len(self.rows))
        drawn = random.Random(f"{copy}/{salt}/{self.batch.dataset}")  # noqa: S311
        for place in drawn.sample(range(len(self.rows)), number):
            row = self.rows[place]
            owner = row[2]
            if part >= 1 or (owner is not None and owner < part * SEED_ENTERPRISES):
                yield row, copy


@dataclass
class Copies:
    """The sandbox's deliveries, ready to be copied.

    Args:
        seed: folder of the pulled sandbox.
    """

    seed: Path
    tokens: list[Render] = field(default_factory=list)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def landing(self) -> FileLanding:
        """The pulled sandbox."""
        return pulled(self.seed)

    @cached_property
    def sources(self) -> Sources:
        """How its deliveries are read."""
        return _sources("http://localhost", self.seed / "inbox")

    @cached_property
    def codes(self) -> dict[str, int]:
        """Each enterprise's code -> its number."""
        found: dict[str, int] = {}
        for page in self._batch("registrations").pages:
            for row in json.loads(page.read_bytes())["data"]["list"]:
                found.setdefault(row["UNISCID"], len(found))
                self.named.setdefault(row["ENTNAME"], found[row["UNISCID"]])
                self.registered.setdefault(row["REGNO"], found[row["UNISCID"]])
        return found

    @cached_property
    def named(self) -> dict[str, int]:
        """Each name -> its enterprise's number."""
        return {}

    @cached_property
    def registered(self) -> dict[str, int]:
        """Each registration number -> its enterprise's number."""
        return {}

    def _batch(self, dataset: str) -> Batch:
        return self.landing.batches(dataset)[0]

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """Every dataset's."""
        if not self.codes:
            raise RuntimeError("the sandbox has no enterprises")
        batches = (self.landing.batches(d) for d in _datasets(self.sources))
        return [self._delivery(found[0]) for found in batches if found]

    def write(
        self,
        landing: FileLanding,
        copies: Iterable[int],
        *,
        salt: int = 0,
        part: float = 1,
        common: bool = True,
    ) -> int:
        """Land the copies as one batch a dataset; gives the rows.

        Args:
            landing: where.
            copies: their numbers.
            salt: another one draws other rows of the same enterprises.
            part: the share of a copy's enterprises that rows are taken of.
            common: also land the tables that are one for the park.
        """
        wanted, rows = [*copies], 0
        for delivery in self.deliveries:
            if not (delivery.copied or common):
                continue
            numbers = wanted if delivery.copied else [0]
            taken = [
                len([*delivery.taken(n, salt, part)]) if part < 1 else None
                for n in numbers
            ]
            if part < 1 and not sum(n or 0 for n in taken):
                continue
            rows += self._land(landing, delivery, numbers, salt, part)
        return rows

    def _land(
        self,
        landing: FileLanding,
        delivery: Delivery,
        numbers: list[int],
        salt: int,
        part: float,
    ) -> int:
        old, counted = delivery.batch, _Counted()
        lines = counted.of(self._lines(delivery, numbers, salt, part))
        window = old.window
        arriving = Arrival(
            agency=old.agency,
            dataset=old.dataset,
            window=window,
            version_at=old.version_at,
            origin=f"{old.dataset}_copies_{salt}",
            suffix=".json" if delivery.page else ".csv",
        )
        landing.land(arriving, _pages(delivery, lines))
        return counted.rows

    def _lines(
        self, delivery: Delivery, numbers: list[int], salt: int, part: float
    ) -> Iterator[str]:
        for copy in numbers:
            if not delivery.copied:
                yield from (_whole(row, self.tokens, 0) for row in delivery.rows)
                continue
            # What a copy calls its enterprises is made once, not once a row.
            made: dict[int, str] = {}
            for (texts, tokens, _), _ in delivery.taken(copy, salt, part):
                line = [texts[0]]
                for text, token in zip(texts[1:], tokens, strict=True):
                    word = made.get(token)
                    if word is None:
                        word = made[token] = self.tokens[token](copy)
                    line += [word, text]
                yield "".join(line)

    def _delivery(self, batch: Batch) -> Delivery:
        agency = self.sources.agencies[batch.agency]
        if isinstance(agency, HttpAgency):
            path = agency.envelope.rows.split(".")
            return self._of_pages(batch, path)
        return self._of_table(batch)

    def _of_pages(self, batch: Batch, path: list[str]) -> Delivery:
        rows: list[Parts] = []
        around = ""
        for page in batch.pages:
            document = json.loads(page.read_bytes())
            holder = document
            for key in path[:-1]:
                holder = holder[key]
            for row in holder[path[-1]]:
                marked, owner = self._marked(row)
                rows.append(_parts(json.dumps(marked, ensure_ascii=False), owner))
            holder[path[-1]] = [HERE]
            around = around or json.dumps(document, ensure_ascii=False)
        head, tail = around.split(f'"{HERE}"')
        return Delivery(batch, rows, head, tail, ", ", PAGE)

    def _of_table(self, batch: Batch) -> Delivery:
        declared = self.sources.dataset(batch.dataset)
        found = [*filedrop.rows(batch.pages[0], declared, batch.origin)]
        names = [*dict.fromkeys(name for row in found for name in row)]
        rows: list[Parts] = []
        for row in found:
            marked, owner = self._marked(row)
            cells = [str(marked.get(n) or "") for n in names]
            rows.append(_parts(_csv_line(cells), owner))
        header = _csv_line(names) if names else "空\r\n"
        return Delivery(batch, rows, header, "", "", None)

    def _marked(self, row: dict[str, Any]) -> tuple[dict[str, Any], int | None]:
        """The row with a mark for all that a copy calls by another name; whose it is."""
        marked, owners = {}, list[int]()
        for name, value in row.items():
            marked[name] = self._cell(name, value, owners)
        return marked, owners[0] if owners else None

    def _cell(self, name: str, value: Any, owners: list[int]) -> Any:
        if not isinstance(value, str) or not value:
            return value
        if value in self.named:
            owners.append(self.named[value])
            return self._mark("name", value, lambda n: _renamed(value, n))
        if name in NUMBERED:
            return self._mark("number", value, lambda n: f"{value}-{n}")
        if name == "承诺编码" and COMMITMENT.fullmatch(value):
            return self._mark("commitment", value, lambda n: _recoded(value, n))
        return CODES.sub(lambda found: self._code(found[0], owners), value)

    def _code(self, text: str, owners: list[int]) -> str:
        for number, uscc in ((self.codes.get(text), text),):
            if number is not None:
                owners.append(number)
                return self._mark(
                    "uscc", text, lambda n, u=uscc, e=number: _uscc(u, e, n)
                )
        if text in self.registered:
            number = self.registered[text]
            owners.append(number)
            return self._mark("regno", text, lambda n: _registration(text, number, n))
        bridged = self._taxpayers.get(text)
        if bridged:
            number = self.codes[bridged]
            owners.append(number)
            return self._mark(
                "taxpayer", text, lambda n: text[:6] + _uscc(bridged, number, n)[8:17]
            )
        return text

    @cached_property
    def _taxpayers(self) -> dict[str, str]:
        """Old taxpayer numbers -> codes: the division, then the organisation code."""
        return {
            f"{division}{code[8:17]}": code
            for code in self.codes
            for division in ("370300", "370303", "370305", "370306", "370321")
        }

    def _mark(self, kind: str, text: str, render: Render) -> str:
        number = self._numbers.setdefault((kind, text), len(self.tokens))
        if number == len(self.tokens):
            self.tokens.append(render)
        return f"\ue000{number}\ue001"


class _Counted:
    rows = 0

    def of(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.rows += 1
            yield line


def _pages(delivery: Delivery, lines: Iterator[str]) -> Iterator[bytes]:
    if delivery.page is None:
        yield "".join(chain([delivery.head], lines)).encode()
        return
    empty = True
    while page := [*islice(lines, delivery.page)]:
        empty = False
        yield f"{delivery.head}{delivery.between.join(page)}{delivery.tail}".encode()
    if empty:
        yield f"{delivery.head}{delivery.tail}".encode()


def _whole(row: Parts, tokens: list[Render], copy: int) -> str:
    texts, places, _ = row
    words = [tokens[place](copy) for place in places]
    return "".join(chain(*zip(texts, [*words, ""], strict=True)))


def _parts(text: str, owner: int | None) -> Parts:
    found = MARK.split(text)
    return found[::2], [int(n) for n in found[1::2]], owner


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _uscc(uscc: str, number: int, copy: int) -> str:
    serial = copy * SEED_ENTERPRISES * 2 + number
    return make_uscc(uscc[:8], organisation_of(serial, old=False))


def _registration(text: str, number: int, copy: int) -> str:
    return registration_number(text[:6], copy * SEED_ENTERPRISES * 2 + number)


def _renamed(name: str, copy: int) -> str:
    stem, found, rest = name.rpartition("有限")
    return f"{stem}{copy}{found}{rest}" if found else f"{name}{copy}"


def _recoded(code: str, copy: int) -> str:
    return f"{code[:14]}{(int(code[14:]) * 2003 + copy) % 10**6:06d}"
