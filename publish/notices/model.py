"""A letter as a value: to whom, about what, in words.

Not here: its form on paper (``pages``, ``pdf``) or how it travels (``senders``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from publish.cases import policy
from publish.cases.machines import Kind

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
REPAIRS = frozenset({"negative_record", "repair_soon", "repair_open"})


@dataclass(frozen=True)
class Item:
    """One thing a letter tells.

    Attributes:
        kind: of the list ``notice_kind``.
        subject: the record, commitment, certificate or case it is about.
        facts: what the words are filled with.
    """

    kind: str
    subject: str
    facts: Mapping[str, Any]

    @property
    def head(self) -> str:
        """Its heading."""
        return str(words()["items"][self.kind]["head"])

    @property
    def text(self) -> str:
        """Its sentence."""
        parts = words()["parts"]
        facts = {k: said(v) for k, v in self.facts.items()}
        numbered, opens = facts.get("document_no"), facts.get("repairable_from")
        told = {
            "document": parts["document"].format(**facts) if numbered else "",
            "repair": parts["repair_from" if opens else "repair_none"].format(**facts),
            "ends": parts["ends"].format(**facts) if facts.get("publish_until") else "",
        }
        return str(words()["items"][self.kind]["text"].format(**facts | told))


@dataclass(frozen=True)
class Letter:
    """A letter to one enterprise."""

    id: str
    uscc: str
    enterprise_name: str
    made_on: date
    items: Sequence[Item]

    @property
    def title(self) -> str:
        """What the letter is called."""
        return str(words()["title"])

    @property
    def greeting(self) -> str:
        """To whom."""
        return str(words()["greeting"].format(enterprise_name=self.enterprise_name))

    @property
    def closing(self) -> list[str]:
        """What to hand in, which rights there are, and where to go."""
        told = []
        if any(i.kind in REPAIRS for i in self.items):
            papers = "；".join(m.zh for m in policy.materials(Kind.REPAIR))
            told.append(str(words()["materials"].format(materials=papers)))
        return [*told, str(words()["rights"]), str(words()["how"])]

    @property
    def signed_on(self) -> str:
        """Its day, as letters write days."""
        return said(self.made_on)

    @property
    def text(self) -> str:
        """The whole letter without form."""
        told = [f"{n}. {i.head}：{i.text}" for n, i in enumerate(self.items, start=1)]
        signed = [str(policy.office()["zh"]), self.signed_on]
        head = [self.title, self.id, self.greeting, str(words()["opening"])]
        return "\n\n".join([*head, *told, *self.closing, *signed]) + "\n"


def said(value: Any) -> str:
    """A fact in a letter; days, also those kept as ISO text, as letters write them."""
    found = DAY.fullmatch(str(value or ""))
    if found is None:
        return str(value or "")
    year, month, day = map(int, found.groups())
    return f"{year}年{month}月{day}日"


@cache
def words() -> dict[str, Any]:
    """What letters say."""
    text = (files("publish.notices") / "words.toml").read_text("utf-8")
    return tomllib.loads(text)
