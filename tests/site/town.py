"""An invented town of enterprises, published by the real builder.

Shared by the tests of the site and of the browser; every name is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from publish.release.build import build_release
from publish.release.layout import ALL, WITHHELD, Served
from publish.release.model import Release, ReleaseInfo
from quality.clock import ZONE
from quality.contracts.codelists import code_list
from quality.contracts.model import Kind, facts_of
from quality.identifiers.organisation import organisation_check
from quality.identifiers.uscc import check_character

TODAY = date(2026, 11, 23)
HOSTILE = '虚构"><script>alert(1)</script>&amp;有限公司'
LONG = "虚构" + "鲁中智能微系统创新产业协同发展" * 19 + "有限公司"
FIRST = "虚构星海科技有限公司"
WORDS = ("星海", "云帆", "长河", "青石", "松涛", "明湖", "远山", "金麦", "瑞禾", "天枢")
TRADES = (
    "科技",
    "制造",
    "贸易",
    "新材料",
    "软件",
    "物流",
    "生物",
    "仪器",
    "环保",
    "陶瓷",
)
SECTIONS = ("制造业", "批发和零售业", "信息传输、软件和信息技术服务业", "建筑业")
MARKET, TAX = "虚构市场监督管理局", "虚构税务局"
OFFICE = "虚构高新区管委会"
TYPES = {
    Kind.DATE: "DATE",
    Kind.MONTH: "DATE",
    Kind.MONEY: "BIGINT",
    Kind.INTEGER: "BIGINT",
    Kind.FLAG: "BOOLEAN",
}
Row = dict[str, Any]


def uscc(number: int) -> str:
    """An invented credit code with both check digits right."""
    body = f"MA9{number:05d}"
    code = f"91370303{body}{organisation_check(body)}"
    return code + check_character(code)


def days(count: int) -> date:
    """That many days before today."""
    return TODAY - timedelta(days=count)


@dataclass
class Town:
    """Publication tables as plain rows."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    sources: Row = field(
        default_factory=lambda: {
            "name": "invented",
            "invented": True,
            "published_letters": ["A", "B"],
            "grade_bands": {"A": 950, "B": 850, "C": 700},
        }
    )

    def add(self, table: str, **values: Any) -> Row:
        """Append a row; required columns not given are filled."""
        served = _served(table)
        filled = {c.name: _filler(c) for c in served.columns if not c.nullable}
        row = {**filled, **values}
        self.tables.setdefault(served.contract, []).append(row)
        return row

    def enterprise(self, number: int, name: str, **values: Any) -> Row:
        """Append an enterprise."""
        usual: Row = {
            "uscc": uscc(number),
            "name": name,
            "enterprise_type": "有限责任公司（自然人投资或控股）",
            "status": "active",
            "established_on": days(400 + number * 37),
            "legal_representative": f"虚某{WORDS[number % 10][0]}",
            "registered_capital_fen": (number + 1) * 100_000_000,
            "domicile": f"山东省淄博市高新区虚构路{number}号",
            "industry_section_name": SECTIONS[number % 4],
            "business_scope": "技术开发、技术服务；货物进出口；电子元器件制造与销售。",
            "authority": MARKET,
            "in_park": number % 3 != 0,
            "source": MARKET,
            "collected_on": days(1),
        }
        return self.add("enterprises", **(usual | values))

    def about(self, table: str, owner: Row, record_id: str, **values: Any) -> Row:
        """Append a record of an enterprise."""
        party = {"uscc": owner["uscc"], "enterprise_name": owner["name"]}
        origin = {"source": MARKET, "collected_on": days(1)}
        return self.add(table, record_id=record_id, **(party | origin | values))

    def build(self, folder: Path, today: date = TODAY) -> Release:
        """Publish the rows as they are."""
        with duckdb.connect() as connection:
            connection.execute(
                "CREATE TABLE withheld (record_id VARCHAR, reason VARCHAR)"
            )
            for item in self.withheld.items():
                connection.execute("INSERT INTO withheld VALUES (?, ?)", list(item))
            relations = {t.contract: self._relation(connection, t) for t in ALL}
            relations[WITHHELD] = "withheld"
            return build_release(connection, relations, self._info(today), folder)

    def _info(self, today: date) -> ReleaseInfo:
        return ReleaseInfo(
            today=today,
            policy_id="zibo-gaoxin-2026",
            policy_sha256="ab" * 32,
            built_at=datetime.combine(today, time(2, 30), ZONE),
            known_at=today,
            sources=self.sources,
        )

    def _relation(self, connection: duckdb.DuckDBPyConnection, table: Served) -> str:
        kinds = {c.name: TYPES.get(facts_of(c).kind, "VARCHAR") for c in table.columns}
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        connection.execute(f"CREATE TABLE made_{table.contract} ({columns})")
        rows = [[r.get(c) for c in kinds] for r in self.tables.get(table.contract, [])]
        if rows:
            marks = ", ".join("?" for _ in kinds)
            insert = f"INSERT INTO made_{table.contract} VALUES ({marks})"
            connection.executemany(insert, rows)
        return f"made_{table.contract}"


def _served(name: str) -> Served:
    return next(t for t in ALL if t.name == name)


def _filler(item: Any) -> Any:
    facts = facts_of(item)
    if facts.codes:
        return next(iter(code_list(facts.codes)))
    if facts.kind in {Kind.DATE, Kind.MONTH}:
        return days(100)
    if facts.kind in {Kind.MONEY, Kind.INTEGER}:
        return 0
    return False if facts.kind is Kind.FLAG else "虚构"


def invented_town() -> Town:
    """Forty enterprises, records of every kind, hostile and overlong names."""
    town = Town()
    firms = _firms(town)
    _adverse(town, firms)
    _favourable(town, firms)
    _catalogues(town)
    _figures(town)
    return town


def _firms(town: Town) -> list[Row]:
    first = town.enterprise(
        0,
        FIRST,
        former_names="虚构沧浪电子厂；虚构沧浪实业有限公司",
        published_grade="A",
        graded_on=TODAY,
        in_park=True,
    )
    firms = [first, town.enterprise(1, HOSTILE), town.enterprise(2, LONG)]
    for number in range(3, 40):
        name = f"虚构{WORDS[number % 10]}{TRADES[number // 4]}有限公司"
        grade = {"published_grade": "B", "graded_on": TODAY} if number % 5 == 0 else {}
        firms.append(town.enterprise(number, name, **grade))
    return firms


def _adverse(town: Town, firms: list[Row]) -> None:
    penalty = {
        "violation_kind": "未按规定公示价格",
        "penalty_kinds": "0101;0201",
        "facts": "检查发现经营场所未明码标价。",
        "legal_basis": "《中华人民共和国价格法》第四十二条",
        "content": "警告；罚款人民币贰仟元整",
        "fine_fen": 200_000,
        "severity": "general",
        "authority": MARKET,
        "repairable_from": days(10),
    }
    first, hostile, long_name = firms[:3]
    town.about(
        "penalties",
        first,
        "P-last-day",
        **(penalty | {"decided_on": days(365), "publish_until": TODAY})
        | {"decision_no": "虚市监处罚〔2025〕7号", "violation_kind": "最后一日公示"},
    )
    for number, firm in enumerate(firms[1:18], start=1):
        serious = number % 6 == 0
        town.about(
            "penalties",
            firm,
            f"P-{number}",
            **penalty
            | {
                "decision_no": f"虚市监处罚〔2026〕{number}号",
                "decided_on": days(20 + number * 9),
                "severity": "serious" if serious else "general",
                "publish_until": TODAY + timedelta(days=60 + number),
                "repairable_from": TODAY + timedelta(days=number * 20 - 90),
            },
        )
    listed = {"authority": MARKET, "publish_until": None}
    for number, firm in enumerate([hostile, long_name, *firms[20:26]]):
        town.about(
            "listings",
            firm,
            f"L-{number}",
            listing="abnormal_listing" if number % 4 else "serious_listing",
            reason="通过登记的住所或者经营场所无法联系",
            listed_on=days(30 + number * 11),
            **listed,
        )
    for number, firm in enumerate(firms[26:29]):
        town.about(
            "tax_arrears",
            firm,
            f"T-{number}",
            tax_kind="增值税",
            balance_fen=12_345_678 * (number + 1),
            newly_owed_fen=0,
            quarter_end=date(2026, 9, 30),
            announced_on=days(12 + number),
            authority=TAX,
            source=TAX,
        )


def _favourable(town: Town, firms: list[Row]) -> None:
    for number in range(120):
        town.about(
            "licences",
            firms[0 if number < 14 else number % 40],
            f"X-{number:03d}",
            decision_no=f"虚审许〔2026〕{number}号",
            document_name="准予行政许可决定书",
            certificate_name=f"{WORDS[number % 10]}经营许可证",
            certificate_no=f"XK{number:05d}",
            content="许可经营范围以证书载明为准",
            decided_on=days(5 + number * 6),
            valid_from=days(5 + number * 6),
            valid_to=days(5 + number * 6) + timedelta(days=1095),
            authority="虚构行政审批服务局",
        )
    kinds = [("leader", "诚信领跑企业", "Integrity leader")]
    kinds += [("supported", "守信助跑企业", "Supported enterprise")]
    kinds += [
        ("tax_a", "A级纳税人", "A-grade taxpayer"),
        (None, "高新技术企业", "High-tech"),
    ]
    for number, firm in enumerate(firms[:1] * 4 + firms[3:35]):
        code, zh, en = kinds[number % 4]
        town.about(
            "honours",
            firm,
            f"H-{number}",
            honour=zh,
            honour_en=en,
            honour_list=code,
            year=2026 - number % 3,
            level="zone" if code else "provincial",
            awarded_on=date(2026 - number % 3, 4, 1 + number % 28),
            valid_to=date(2028, 12, 31) if code is None else None,
            authority=OFFICE,
            reason="连续两个评价期为A级，无公示期内失信信息"
            if code == "leader"
            else None,
            reason_en="Grade A twice, nothing adverse" if code == "leader" else None,
            source=OFFICE,
        )
    for number, firm in enumerate(firms[:30]):
        town.about(
            "commitments",
            firm,
            f"C-{number}",
            commitment_code=f"37030320260301{number:06d}",
            commitment_kind="voluntary" if number % 2 else "approval",
            reason="申请办理食品经营许可"
            if number % 2 == 0
            else "主动公开诚信经营承诺",
            committed_on=days(266),
            fulfilment="fully" if number % 7 else "partly",
            authority="虚构行政审批服务局",
        )
        town.about(
            "inspections",
            firm,
            f"I-{number}",
            plan_no=f"2026-SSJ-{number % 3 + 1}",
            task="2026年度公示信息抽查",
            inspected_on=days(50 + number % 9),
            result="clean" if number % 5 else "corrected",
            authority=MARKET,
        )


def _catalogues(town: Town) -> None:
    for number, kind in enumerate(code_list("incentive_kind")):
        town.add(
            "incentives",
            incentive_code=f"JL-{number}",
            title=f"{code_list('incentive_kind')[kind].zh}（示例）",
            incentive_kind=kind,
            minimum_grade="A" if number < 3 else "B",
            discount_bp=2000 if number < 2 else None,
            cap_fen=5_000_000 if number < 2 else None,
            legal_basis="淄高新管办字〔2023〕3号",
            valid_from=date(2026, 1, 1),
            beneficiaries=12 if number % 2 else None,
        )
    town.add("incentives", incentive_code="JL-old", title="已停止", valid_to=days(1))
    for number in range(4):
        town.add(
            "financial_products",
            product_code=f"JR-{number}",
            bank=f"虚构{WORDS[number]}银行",
            name=f"园信贷{number}号",
            minimum_grade="B" if number else "A",
            maximum_fen=300_000_000 * (number + 1),
            rate_from_bp=345 + number * 10,
            term_months=12,
            description="信用贷款，随借随还",
        )
    _measures(town)
    due = [(None, 30), (days(40), -30), (days(10), -30), (None, -5)]
    for number, area in enumerate(code_list("government_area")):
        completed, offset = due[number % 4]
        town.add(
            "government_commitments",
            commitment_no=f"ZW-{number}",
            area=area,
            title="按合同约定三十日内支付中小企业款项",
            owner_unit="虚构财政金融局",
            committed_on=days(200),
            due_on=TODAY + timedelta(days=offset),
            completed_on=completed,
            evidence="已完成支付并公告" if completed else None,
        )


def _measures(town: Town) -> None:
    """Plans, policies and figures of the office, one of each kind and state."""
    for number, (opens, closes) in enumerate(((10, -20), (-15, -40), (90, 30))):
        town.add(
            "support_policies",
            policy_code=f"ZCZT-{number}",
            title=f"虚构政策{number}号",
            minimum_grade="B",
            industry_sections="C;I",
            amount_fen=5_000_000,
            opens_on=days(opens),
            closes_on=days(closes),
            matched=30 if number else None,
            authority="虚构财政金融局",
            legal_basis="虚构惠企〔2026〕1号",
        )
    town.add(
        "inspection_plans",
        plan_no="GXSSJ2026-04",
        title="2026年第4季度部门联合双随机抽查",
        departments="market;tax;labour;emergency;ecology",
        drawn_on=days(40),
        seed="0731952846",
        population=448,
        drawn=20,
    )
    for letter, before, after in (("A", 62, 6), ("D", 62, 120)):
        visits = {"before_per_hundred": before, "after_per_hundred": after}
        town.add("inspection_savings", letter=letter, enterprises=30, **visits)
    for letter, granted in (("A", 12_000_000_000), ("C", None)):
        town.add(
            "finance_results",
            year=2026,
            letter=letter,
            enterprises=12,
            applied=20,
            granted=15 if granted else None,
            granted_fen=granted,
            average_rate_bp=385 if granted else None,
        )
    costs = {"month": date(2026, 11, 1), "enterprises": 40, "budget_fen": 10**9}
    town.add("incentive_costs", incentive_kind="rent", granted_fen=5 * 10**7, **costs)
    for group, before in (("adopters", 6250), ("others", 6310)):
        town.add(
            "standard_effects",
            firm_group=group,
            figure="dso_centidays",
            enterprises=8,
            median_before=before,
            median_after=before - 700,
        )
    town.add("targets", target_id="credit_managers", title="持证信用管理师", wanted=20)
    counts = {"promises": 6, "kept": 2, "kept_late": 1, "open": 2, "overdue": 1}
    town.add("government_integrity", side="unit", name="虚构财政金融局", **counts)


def _figures(town: Town) -> None:
    for month in range(1, 13):
        for letter, count in (("A", 9 + month), ("B", 21), ("C", 6), ("N", 20 - month)):
            evaluated = date(2026, month, 1) - timedelta(days=1)
            town.add(
                "grade_statistics",
                evaluated_on=evaluated if month < 12 else TODAY,
                letter=letter,
                enterprises=count,
            )
    for section, name in zip("CFIE", SECTIONS, strict=True):
        for letter, count in (("A", 7), ("B", 12), ("N", 5)):
            town.add(
                "industry_statistics",
                industry_section=section,
                industry_section_name=name,
                letter=letter,
                enterprises=count,
            )
    for letter, count in (("A", 9), ("B", 8), ("N", 5)):
        town.add(
            "chain_statistics", chain="虚构新材料", letter=letter, enterprises=count
        )
    for member, counts in (("age_under_1", {"N": 6}), ("age_over_10", {"A": 12})):
        for letter, count in counts.items():
            town.add(
                "model_card",
                facet="age",
                member=member,
                standing=letter,
                enterprises=count,
            )
    for standing, count in (("kept", 31), ("worse", 5)):
        town.add(
            "model_card",
            facet="stability",
            member="2026-10-31",
            standing=standing,
            enterprises=count,
        )
    _rules(town)
    town.add(
        "sources",
        dataset="registrations",
        label_zh="登记注册信息",
        label_en="Registrations",
        agency=MARKET,
        state="current",
        rows_in=46,
        accepted=40,
        quarantined=4,
        duplicates=2,
        last_delivery_on=days(1),
        covered_to=days(1),
    )
    town.add(
        "sources",
        dataset="tax_arrears",
        label_zh="欠税公告",
        label_en="Arrears notices",
        agency=TAX,
        state="late",
        rows_in=3,
        accepted=3,
        message="约定每日到数，已迟 3 天",
        last_delivery_on=days(4),
        covered_to=days(4),
    )


def _rules(town: Town) -> None:
    law = "《企业信息公示暂行条例》第八条"
    scored = {
        "part": "points",
        "dimension_zh": "经营管理",
        "dimension_en": "Management",
    }
    rules: list[Row] = [
        scored
        | {
            "rule_id": "annual_report_late",
            "name_zh": "逾期公示年度报告",
            "name_en": "Annual reports published late",
            "method": "each",
            "points_from": -20_000,
            "points_to": 0,
        },
        scored
        | {
            "rule_id": "annual_report_on_time",
            "name_zh": "按时公示年度报告",
            "name_en": "Annual reports published on time",
            "method": "flag",
            "points_from": 0,
            "points_to": 10_500,
        },
        {
            "rule_id": "veto_serious_listing",
            "part": "veto",
            "name_zh": "列入严重违法失信名单期间，评为D级",
            "name_en": "Listed for serious dishonesty: grade D",
            "letter": "D",
        },
        {
            "rule_id": "leader",
            "part": "honour",
            "name_zh": "诚信领跑企业",
            "name_en": "Integrity leader",
        },
    ]
    for position, rule in enumerate(rules, start=1):
        town.add("policy_rules", position=position, source=law, **rule)
