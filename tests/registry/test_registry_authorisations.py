"""A bank sees an item while the enterprise allows it, and not an instant longer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from publish.registry.authorisations import (
    AuthorisationError,
    Method,
    find_authorisation,
    grant,
    list_authorisations,
    live_authorisation,
    revoke,
)
from quality.clock import ZONE, Clock

TODAY = Clock(date(2026, 11, 23))
TOMORROW = Clock(date(2026, 11, 24))
FIRM, OTHER_FIRM = "91370303MA3C00003D", "91370303MA3C000118"
BANK, OTHER_BANK = "91110000600037341L", "91110108551385082Q"


def ask(**other: Any) -> dict[str, Any]:
    return {
        "uscc": FIRM,
        "bank_uscc": BANK,
        "items": ["grade", "figures"],
        "purpose": "授信审批",
        "last_day": date(2026, 12, 31),
        "signed_by": "法定代表人",
        "method": Method.PAPER,
        "evidence_sha256": "0" * 64,
        **other,
    }


def test_it_names_bank_item_and_enterprise(registry: Engine) -> None:
    made = grant(registry, TODAY, **ask())
    now = TODAY.now()
    assert live_authorisation(registry, FIRM, BANK, "grade", now) == made
    assert live_authorisation(registry, FIRM, BANK, "figures", now) == made
    assert live_authorisation(registry, FIRM, BANK, "financials", now) is None
    assert live_authorisation(registry, FIRM, OTHER_BANK, "grade", now) is None
    assert live_authorisation(registry, OTHER_FIRM, BANK, "grade", now) is None


def test_it_ends_with_its_last_day_in_china(registry: Engine) -> None:
    made = grant(registry, TODAY, **ask(last_day=TODAY.today()))
    midnight = datetime(2026, 11, 24, tzinfo=ZONE)
    before = midnight - timedelta(microseconds=1)
    assert live_authorisation(registry, FIRM, BANK, "grade", before) == made
    assert live_authorisation(registry, FIRM, BANK, "grade", midnight) is None
    assert (made.state(before), made.state(midnight)) == ("live", "expired")


def test_nobody_looked_by_it_before_it_was_granted(registry: Engine) -> None:
    made = grant(registry, TODAY, **ask())
    earlier = made.granted_at - timedelta(seconds=1)
    assert live_authorisation(registry, FIRM, BANK, "grade", earlier) is None


def test_a_revocation_acts_at_once_and_keeps_its_first_instant(
    registry: Engine,
) -> None:
    made = grant(registry, TODAY, **ask())
    gone = revoke(registry, TOMORROW, made.id, by="enterprise")
    again = revoke(registry, Clock(date(2026, 11, 25)), made.id, by="staff")
    assert again == gone
    assert (gone.revoked_at, gone.revoked_by) == (TOMORROW.now(), "enterprise")
    at = TOMORROW.now()
    assert live_authorisation(registry, FIRM, BANK, "grade", at) is None
    # What the bank saw the day before it saw lawfully.
    assert live_authorisation(registry, FIRM, BANK, "grade", TODAY.now()) == gone
    assert gone.state(at) == "revoked"


def test_of_several_the_longest_counts(registry: Engine) -> None:
    grant(registry, TODAY, **ask(last_day=date(2026, 11, 30)))
    longest = grant(registry, TODAY, **ask(items=["grade"]))
    found = live_authorisation(registry, FIRM, BANK, "grade", TODAY.now())
    assert found == longest
    assert found == find_authorisation(registry, longest.id)


def test_lists_by_enterprise_and_by_bank(registry: Engine) -> None:
    one = grant(registry, TODAY, **ask())
    two = grant(registry, TOMORROW, **ask(bank_uscc=OTHER_BANK))
    grant(registry, TODAY, **ask(uscc=OTHER_FIRM))
    assert list_authorisations(registry, uscc=FIRM) == [one, two]
    assert list_authorisations(registry, bank_uscc=OTHER_BANK) == [two]
    assert len(list_authorisations(registry)) == 3


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"items": []}, "items are grade"),
        ({"items": ["everything"]}, "everything"),
        ({"uscc": "91370303MA3C00003X"}, "no unified social credit code"),
        ({"bank_uscc": ""}, "no unified social credit code"),
        ({"purpose": " "}, "look for"),
        ({"signed_by": ""}, "role"),
        ({"last_day": date(2026, 11, 22)}, "is past"),
        ({"evidence_sha256": "yes"}, "SHA-256"),
    ],
)
def test_what_cannot_be_granted(
    registry: Engine, wrong: dict[str, Any], advice: str
) -> None:
    with pytest.raises(AuthorisationError, match=advice):
        grant(registry, TODAY, **ask(**wrong))
    assert list_authorisations(registry) == []


def test_an_unknown_one_cannot_be_revoked(registry: Engine) -> None:
    with pytest.raises(AuthorisationError, match="auth_none"):
        revoke(registry, TODAY, "auth_none", by="staff")
