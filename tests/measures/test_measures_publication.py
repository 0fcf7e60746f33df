"""What the published statements show, and what they never show."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from assets.publication.definitions import publication_assets
from quality.contracts import metadata, tables_of
from tests.files.archive import FIRST, RECEIVED, SECOND, THIRD, TODAY, Archive

CLOSED = {"status": "deregistered"}


@pytest.fixture(autouse=True)
def registered(archive: Archive) -> None:
    archive.enterprise(FIRST, "甲公司", authority="市场监管局")


def shown(archive: Archive, table: str, columns: str = "uscc") -> list[Any]:
    return archive.rows(table, columns)


def fined(archive: Archive, **values: Any) -> str:
    """A general penalty decided on 1 May 2026: shown until 30 April 2027."""
    given = {
        "uscc": FIRST,
        "penalty_kinds": "0202",
        "decided_on": date(2026, 5, 1),
        "party_class": "legal",
        "status": "active",
    }
    return archive.add("penalties", **given | values)


def test_a_penalty_in_its_publicity_period_is_shown(archive: Archive):
    key = fined(archive, confiscated_fen=500)
    columns = "record_id, enterprise_name, severity, repairable_from, publish_until"
    assert shown(archive, "public_penalties", columns) == [
        (key, "甲公司", "general", date(2026, 8, 1), date(2027, 4, 30))
    ]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"penalty_kinds": "0101"}, id="minor"),
        pytest.param({"penalty_kinds": "0201", "fine_fen": 999_999}, id="a small fine"),
        pytest.param({"status": "revoked"}, id="revoked"),
        pytest.param({"status": "objection"}, id="under objection"),
        pytest.param({"status": "other"}, id="of another status"),
        pytest.param({"party_class": "natural"}, id="of a natural person"),
        pytest.param({"decided_on": date(2025, 11, 23)}, id="expired yesterday"),
        pytest.param({"publicity_to": date(2026, 11, 22)}, id="ended by the agency"),
        pytest.param({"uscc": SECOND}, id="of an unregistered party"),
    ],
)
def test_a_penalty_that_must_not_be_shown_is_not(
    archive: Archive, values: dict[str, Any]
):
    fined(archive, **values)
    assert shown(archive, "public_penalties") == []


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"decided_on": date(2025, 11, 24)}, id="on its last day"),
        pytest.param({"publicity_to": TODAY}, id="on the agency's last day"),
        pytest.param({"status": "updated"}, id="corrected"),
        pytest.param({"party_class": "individual_business"}, id="of a business"),
        pytest.param({"penalty_kinds": "0101;0202"}, id="minor among others"),
    ],
)
def test_a_penalty_that_may_be_shown_is(archive: Archive, values: dict[str, Any]):
    fined(archive, **values)
    assert shown(archive, "public_penalties") == [(FIRST,)]


def candidate(archive: Archive, uscc: str) -> None:
    """Passed the credit-management standard, grade B, and consents to be named."""
    lease = {"uscc": uscc, "lease_from": date(2020, 1, 1), "consent_no": "SQ1"}
    archive.add("tenancies", **lease)
    archive.add("standard_status", uscc=uscc, status="passed")
    archive.grade("B", uscc, evaluated_on=date(2026, 10, 31))


def test_a_deregistered_enterprise_is_gone_from_every_page():
    archive = Archive()
    archive.enterprise(FIRST, "甲公司", **CLOSED)
    archive.enterprise(SECOND, "乙公司", status="revoked")
    for uscc in (FIRST, SECOND):
        fined(archive, uscc=uscc, decision_no=uscc)
        taxpayer = {"taxpayer_id": uscc, "party_name": "x"}
        archive.add("permits", uscc=uscc, status="active")
        archive.add("abnormal_listings", uscc=uscc, listed_on=date(2026, 5, 1))
        archive.add("inspection_results", uscc=uscc)
        archive.add("honours", uscc=uscc)
        archive.add("qualifications", uscc=uscc)
        archive.add("commitments", uscc=uscc, publication="public")
        archive.add("tax_arrears", **taxpayer, balance_fen=5)
        archive.add("tax_credit_grades", **taxpayer, grade="A")
        candidate(archive, uscc)
    archive.add(
        "honour_rounds",
        honour_list="standard_model",
        year=2026,
        evaluated_on=date(2026, 10, 31),
        notice_from=date(2026, 11, 16),
        notice_to=TODAY,
        valid_to=date(2027, 11, 30),
    )
    tables = [t.name for t in tables_of("publication") if "uscc" in t.columns]
    # Nothing is contested here.
    public = [n for n in tables if n.startswith("public_") and n != "public_contested"]
    assert len(public) == 9
    for name in public:
        assert {u for (u,) in shown(archive, name, "uscc")} == {SECOND}, name
    archive.connection.close()


@pytest.mark.parametrize(
    ("letter", "consented", "published"),
    [
        ("A", True, "A"),
        ("B", True, "B"),
        ("C", True, None),
        ("D", True, None),
        (None, True, None),
        ("A", False, None),
    ],
)
def test_only_good_grades_of_the_consenting_are_published(
    archive: Archive, letter: str | None, consented: bool, published: str | None
):
    archive.add("tenancies", uscc=FIRST, consent_no="SQ1" if consented else None)
    archive.grade(letter)
    archive.grade("A", evaluated_on=date(2026, 10, 31))
    graded_on = TODAY if published else None
    columns = "published_grade, graded_on, source, collected_on"
    assert shown(archive, "public_enterprises", columns) == [
        (published, graded_on, "市场监管局", RECEIVED)
    ]


@pytest.mark.parametrize(
    ("values", "visible"),
    [
        ({}, True),
        ({"valid_to": TODAY}, True),
        ({"valid_to": date(2026, 11, 22)}, False),
        ({"status": "revoked"}, False),
        ({"status": "objection"}, False),
        ({"party_class": "natural"}, False),
    ],
)
def test_licences_in_force_are_shown(
    archive: Archive, values: dict[str, Any], visible: bool
):
    archive.add("permits", **{"uscc": FIRST, "status": "active"} | values)
    assert shown(archive, "public_licences") == ([(FIRST,)] if visible else [])


@pytest.mark.parametrize(
    ("table", "values", "visible"),
    [
        ("abnormal_listings", {"listed_on": date(2020, 1, 1)}, True),
        ("abnormal_listings", {"removed_on": TODAY}, False),
        ("abnormal_listings", {"removed_on": date(2026, 11, 24)}, True),
        ("serious_listings", {"listed_on": date(2023, 11, 24)}, True),
        ("serious_listings", {"listed_on": date(2023, 11, 23)}, False),
        (
            "serious_listings",
            {"listed_on": date(2023, 11, 1), "removed_on": date(2026, 12, 1)},
            False,  # three years are over
        ),
        ("wage_arrears_listings", {"removed_on": date(2025, 12, 1)}, False),
        ("wage_arrears_listings", {}, True),
    ],
)
def test_listings_are_shown_while_they_last(
    archive: Archive, table: str, values: dict[str, Any], visible: bool
):
    archive.add(table, uscc=FIRST, **values)
    found = shown(archive, "public_listings", "listing || 's'")
    assert found == ([(table,)] if visible else [])


def test_a_serious_tax_case_is_shown_with_its_nature_and_facts(archive: Archive):
    archive.add(
        "serious_tax_cases",
        taxpayer_id=FIRST,
        party_name="甲公司",
        nature="虚开发票",
        facts="虚开三十份",
        listed_on=date(2026, 1, 1),
    )
    columns = "uscc, listing, reason, repairable_from, publish_until"
    assert shown(archive, "public_listings", columns) == [
        (
            FIRST,
            "serious_tax_case",
            "虚开发票：虚开三十份",
            date(2027, 1, 1),
            date(2028, 12, 31),
        )
    ]


@pytest.mark.parametrize(
    ("values", "visible"),
    [
        ({}, True),
        ({"balance_fen": 0}, False),
        ({"cleared_on": TODAY}, False),
        ({"announced_on": date(2026, 11, 24)}, False),
        ({"taxpayer_id": THIRD}, False),
    ],
)
def test_arrears_that_are_owed_are_shown(
    archive: Archive, values: dict[str, Any], visible: bool
):
    party = {"taxpayer_id": FIRST, "party_name": "甲公司", "balance_fen": 5}
    archive.add("tax_arrears", **party | values)
    assert shown(archive, "public_tax_arrears") == ([(FIRST,)] if visible else [])


@pytest.mark.parametrize(
    ("values", "visible"),
    [
        ({"publication": "public"}, True),
        ({"publication": "limited"}, False),
        ({"publication": "closed"}, False),
        ({"publication": "public", "party_class": "natural"}, False),
    ],
)
def test_only_commitments_marked_as_public_are_shown(
    archive: Archive, values: dict[str, Any], visible: bool
):
    archive.add("commitments", uscc=FIRST, **values)
    assert shown(archive, "public_commitments") == ([(FIRST,)] if visible else [])


def test_honours_in_force_are_shown_with_both_names(archive: Archive):
    archive.add("honours", uscc=FIRST, title="诚信企业", valid_to=TODAY, level="zone")
    archive.add("honours", uscc=FIRST, title="旧荣誉", valid_to=date(2026, 11, 22))
    archive.add("qualifications", uscc=FIRST, qualification="gazelle")
    columns = "honour, honour_en"
    assert shown(archive, "public_honours", columns) == [
        ("瞪羚企业", "Gazelle enterprise"),
        ("诚信企业", "诚信企业"),
    ]


@pytest.mark.parametrize(("enterprises", "told"), [(4, []), (5, [("A", 5)])])
def test_cells_below_five_are_not_published(
    archive: Archive, enterprises: int, told: list[Any]
):
    for number in range(enterprises):
        uscc = f"91370303MA3D0000{number}"
        archive.enterprise(uscc, industry_code="C3829")
        archive.grade("A", uscc)
    for table in ("public_grade_statistics", "public_industry_statistics"):
        assert shown(archive, table, "letter, enterprises") == told


@pytest.mark.parametrize(("members", "told"), [(4, []), (5, [("新材料", "A", 5)])])
def test_a_chain_counts_its_members_once_and_not_below_five(
    archive: Archive, members: int, told: list[Any]
):
    usccs = [f"91370303MA3D0000{number}" for number in range(members)]
    for uscc in usccs:
        archive.grade("A", uscc)
    links = [*pairwise(usccs), (usccs[0], usccs[-1])]
    for supplier, customer in links:
        archive.add(
            "supply_links",
            supplier_uscc=supplier,
            customer_uscc=customer,
            chain="新材料",
        )
    archive.grade("A", SECOND)
    archive.add(
        "supply_links",
        supplier_uscc=SECOND,
        customer_uscc=usccs[0],
        chain="新材料",
        until=date(2026, 11, 22),
    )
    columns = "chain, letter, enterprises"
    assert shown(archive, "public_chain_statistics", columns) == told


def test_every_rule_of_the_policy_is_published_with_its_law(archive: Archive):
    policy = archive.setup.policy
    rules = [rule.id for i in policy.indicators for rule in i.rules]
    others = [*policy.limits, *policy.vetoes, *policy.caps]
    published = shown(archive, "public_policy_rules", "position, rule_id, source")
    assert [rule for _, rule, _ in published] == [
        *rules,
        *(item.id for item in others),
        *("leader", "supported", "standard_model", "tax_a"),
    ]
    assert all(source for _, _, source in published)
    columns = "part, method, points_from, points_to, letter"
    for rule, told in {
        "annual_report_on_time": [("points", "flag", 0, 10_000, None)],
        "abnormal_listing": [("points", "each", -80_000, 0, None)],
        "dso": [("points", "relative", -10_000, 10_000, None)],
        "park_fees": [("limit", None, -20_000, 0, "B")],
        "veto_serious_listing": [("veto", None, None, None, "D")],
    }.items():
        where = f"rule_id = '{rule}'"
        assert archive.rows("public_policy_rules", columns, where) == told


def test_incentives_hide_how_few_have_them(archive: Archive):
    for code in ("JL01", "JL02"):
        archive.add(
            "incentive_catalogue",
            incentive_code=code,
            incentive_kind="priority",
            minimum_grade="A" if code == "JL01" else "B",
            valid_from=date(2026, 1, 1),
        )
    for number in range(5):
        archive.grade("A" if number < 4 else "B", f"91370303MA3D0000{number}")
    columns = "incentive_code, beneficiaries"
    assert shown(archive, "public_incentives", columns) == [("JL01", None), ("JL02", 5)]


def test_products_and_promises_of_today_are_shown(archive: Archive):
    archive.add("financial_products", product_code="P1", valid_to=TODAY)
    archive.add("financial_products", product_code="P2", valid_to=date(2026, 11, 22))
    archive.add("government_commitments", commitment_no="Z1")
    archive.add(
        "government_commitments", commitment_no="Z2", committed_on=date(2026, 11, 24)
    )
    assert shown(archive, "public_financial_products", "product_code") == [("P1",)]
    assert shown(archive, "public_government_commitments", "commitment_no") == [("Z1",)]


def test_the_authorised_tables_hold_every_grade_and_todays_figures(archive: Archive):
    archive.grade("C")
    archive.grade("A", evaluated_on=date(2026, 10, 31))
    for day in (TODAY, date(2026, 10, 31)):
        archive.add("credit_figures", uscc=FIRST, evaluated_on=day)
    assert shown(archive, "authorised_grades", "letter") == [("A",), ("C",)]
    assert shown(archive, "authorised_figures", "evaluated_on") == [(TODAY,)]


def test_every_published_table_has_exactly_the_columns_of_its_contract(
    archive: Archive,
):
    publication_assets({})  # refuses a contract without a statement
    for table in tables_of("publication"):
        if table.name != "public_sources":  # made from the lake, not from records
            archive.make(table.name)
            found = archive.connection.execute(f'DESCRIBE "{table.name}"').fetchall()
            contract = metadata.tables[table.name].columns
            assert [row[0] for row in found] == [c.name for c in contract], table.name


@pytest.mark.parametrize(
    ("result", "inspected_on", "until"),
    [
        ("clean", date(2020, 1, 1), None),
        ("unreachable", date(2026, 5, 1), date(2027, 4, 30)),
        ("obstructed", date(2025, 11, 24), TODAY),
    ],
)
def test_an_inspection_is_shown_while_its_class_is(
    archive: Archive, result: str, inspected_on: date, until: date | None
):
    archive.add(
        "inspection_results", uscc=FIRST, result=result, inspected_on=inspected_on
    )
    assert shown(archive, "public_inspections", "publish_until") == [(until,)]


@pytest.mark.parametrize(
    ("result", "inspected_on"),
    [("report_missing", TODAY), ("unreachable", date(2025, 11, 23))],
)
def test_a_minor_or_expired_finding_is_not_shown(
    archive: Archive, result: str, inspected_on: date
):
    archive.add(
        "inspection_results", uscc=FIRST, result=result, inspected_on=inspected_on
    )
    assert shown(archive, "public_inspections") == []


@pytest.mark.parametrize("fulfilment", ["fully", "pending"])
def test_a_commitment_that_is_not_broken_has_no_end(archive: Archive, fulfilment: str):
    archive.add(
        "commitments",
        uscc=FIRST,
        publication="public",
        committed_on=date(2020, 1, 1),
        fulfilment=fulfilment,
    )
    columns = "fulfilment, publish_until"
    assert shown(archive, "public_commitments", columns) == [(fulfilment, None)]


def test_a_broken_commitment_is_shown_for_a_year(archive: Archive):
    for made, settled in ((2024, date(2025, 11, 23)), (2025, date(2025, 11, 24))):
        archive.add(
            "commitments",
            uscc=FIRST,
            commitment_code=str(made),
            publication="public",
            party_class="legal",
            committed_on=date(made, 1, 1),
            fulfilment="none",
            fulfilment_on=settled,
        )
    assert shown(archive, "public_commitments", "publish_until") == [(TODAY,)]
