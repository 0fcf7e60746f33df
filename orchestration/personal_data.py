"""The inventory of personal data, written from contracts, sources and periods.

Not here: finding personal data in texts (``quality.personal``), purging
(``publish.registry.retention``).
"""

from __future__ import annotations

from collections.abc import Iterator

from publish.registry.retention import retentions
from quality.contracts import metadata
from quality.contracts.model import Personal, Tier, facts_of, table_facts
from quality.generated import note

CLASSES = {
    Personal.NAME: "姓名 a name",
    Personal.FREE_TEXT: "自由文本，入库前扫描 prose, scanned before it is accepted",
}
TIERS = {
    Tier.PUBLIC: "公开公示 public",
    Tier.AUTHORISED: "授权查询 authorised",
    Tier.GOVERNMENT: "政务共享 government",
    Tier.INTERNAL: "内部 internal",
}
# The registry is no contract: what of it is about persons, table and column.
REGISTRY = (
    ("contacts.address", "企业联系方式 where an enterprise wants its letters"),
    ("deliveries.address", "信函去向 where a letter went"),
    ("attachments.content", "办理材料 papers handed in; may show persons"),
    ("cases.request", "申请理由 an enterprise's own words"),
    ("case_events.note", "办理意见 the office's words; only added to"),
    ("case_events.actor", "办理岗位 the desk, not a person's name"),
    ("authorisations.signed_by", "签署人职务 the role, not a person's name"),
    ("enterprise_keys.secret_hash", "密钥散列 hash of a key"),
    ("enterprise_sessions.id", "登录散列 hash of a session, with when it was used"),
    ("api_keys.secret_hash", "密钥散列 hash of a key"),
    ("screening_lines.given", "银行名单 what a bank sent"),
)


def document(command: str) -> str:
    """The whole document.

    Args:
        command: what writes it.
    """
    return "\n".join(_lines(command)) + "\n"


def _lines(command: str) -> Iterator[str]:
    yield from ("# 个人信息清单与保存期限 Personal data and how long it is kept", "")
    yield note(command)
    yield from ("", INTRODUCTION, "## 数据表 Tables", "")
    yield from ("| column | is | class | tier |", "|---|---|---|---|")
    yield from _columns()
    yield from ("", "## 拒收字段 Fields that are never stored", "", REFUSED)
    yield from ("", "| table | fields of the agency |", "|---|---|")
    yield from _refused()
    yield from ("", "## 登记库 Registry", "")
    yield from ("| column | is |", "|---|---|")
    yield from (f"| `{column}` | {said} |" for column, said in REGISTRY)
    yield from ("", "## 保存期限 Periods", "", PERIODS, "")
    yield from ("| subject | days | is | basis | how sure |", "|---|---|---|---|---|")
    for kept in retentions():
        yield (
            f"| `{kept.subject}` | {kept.days} | {kept.zh} {kept.en} | {kept.basis} "
            f"| {kept.certainty} |"
        )


def _columns() -> Iterator[str]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            facts = facts_of(column)
            if facts.personal is not Personal.NONE:
                said = CLASSES[facts.personal]
                yield (
                    f"| `{table.name}.{column.name}` | {facts.zh} {facts.en} "
                    f"| {said} | {TIERS[facts.tier]} |"
                )


def _refused() -> Iterator[str]:
    for table in metadata.sorted_tables:
        if fields := table_facts(table).refused:
            yield f"| `{table.name}` | {', '.join(f'`{f}`' for f in fields)} |"


INTRODUCTION = """\
The platform is about enterprises. What it nevertheless holds of persons is below; identity
numbers, mobile numbers, bank cards and number plates are in no table of records: rows that
hold one are quarantined, the finding starred, and a gate looks once more before anything is
published.
"""
REFUSED = """\
The mapping leaves these fields of the agencies out. They remain in the raw delivery
(`lake/landing`), which is kept for ever so that every figure can be traced: protect it as
what it is, and ask agencies to send less."""
PERIODS = """\
`creditpark purge` deletes what is past its period, all or nothing; `--dry-run` only tells.
Call it once a month, or switch on Dagster's `purge_schedule`: it does nothing and says why
as long as one period is D. The periods are the office's, in `publish/registry/policy`; all
of them are D, our own proposal. Backups hold what was purged since: keep them no longer
than the shortest period you promise. The history of cases, tombstones, recalls and the
audit log are only added to and never purged."""
