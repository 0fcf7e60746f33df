"""An invented enterprise's record, papers and clock, shared by the tests of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine

from publish.cases.model import Case, Record
from publish.cases.papers import Upload
from publish.cases.repair import apply_for_repair, decide
from publish.cases.store import step
from quality.clock import Clock

FIRM, OTHER_FIRM = "91370303MA3C00003D", "91370303MA3C000118"
NAME = "虚构星海科技有限公司"
TODAY = date(2026, 9, 29)  # a Tuesday; the golden week begins on Thursday
NOW = Clock(TODAY)
OFFICER, ENTERPRISE = "staff:信用办", "enterprise"
PROOF = Upload("proof", "缴款凭证.pdf", b"%PDF-1.4 paid")


def record(**other: Any) -> Record:
    """A general penalty of 1 June 2026: repair from 1 September, public to 31 May."""
    values = {
        "record_id": "p1",
        "uscc": FIRM,
        "dataset": "penalties",
        "kind": "penalty",
        "title": "未按规定公示信息",
        "authority": "虚构市场监督管理局",
        "document_no": "淄高新市监处罚〔2026〕9号",
        "severity": "general",
        "decided_on": date(2026, 6, 1),
        "repairable_from": date(2026, 9, 1),
        "publish_until": date(2027, 5, 31),
        "longest_until": date(2027, 5, 31),
    }
    return Record.of(values | other)


@dataclass(frozen=True)
class Desk:
    """What an enterprise and the office do at one registry, on one day."""

    registry: Engine
    clock: Clock = NOW

    def on(self, day: date) -> Desk:
        """The same registry on another day."""
        return Desk(self.registry, Clock(day))

    def apply(self, about: Record | None = None, **other: Any) -> Case:
        """Ask for repair, soundly unless told otherwise."""
        given: dict[str, Any] = {
            "party_name": NAME,
            "request": "罚款已缴清，公示信息已补报。",
            "papers": [PROOF],
            "promises": True,
            "actor": ENTERPRISE,
        }
        return apply_for_repair(
            self.registry, self.clock, about or record(), **given | other
        )

    def do(self, case: Case, *actions: str, actor: str = OFFICER) -> Case:
        """Step by step, each with a reason."""
        for action in actions:
            with self.registry.begin() as connection:
                case = step(
                    connection, self.clock, case.id, action, actor=actor, note="理由"
                )
        return case

    def decide(self, case: Case, action: str, note: str = "已核实") -> Case:
        """Approve, reject or revoke."""
        return decide(
            self.registry, self.clock, case.id, action, actor=OFFICER, note=note
        )

    def repaired(self, about: Record | None = None) -> Case:
        """A repair from application to approval."""
        return self.decide(self.do(self.apply(about), "accept"), "approve")
