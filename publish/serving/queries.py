"""Questions that people ask often, ready to be answered with their own parameters.

Each is one guarded statement; answers hold what may be shown today. Not here: free SQL,
which the office may open by a setting (``public_sql``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """One canned query.

    Attributes:
        title: what it answers, ``中文 English``; pages show the visitor's language.
        description: what the parameters mean, likewise.
        sql: with ``:named`` parameters; an empty one asks for everything.
    """

    title: str
    description: str
    sql: str


QUESTIONS: dict[str, Question] = {
    "records_of_enterprise": Question(
        "一家企业的全部公开记录 Every public record of an enterprise",
        "uscc：统一社会信用代码 Parameter uscc: the unified social credit code",
        """
SELECT kind AS dataset, record_id, title, dated_on, authority, publish_until FROM (
  SELECT 'penalties' AS kind, record_id, violation_kind AS title, decided_on AS dated_on,
    authority, publish_until, uscc FROM penalties
  UNION ALL SELECT 'listings', record_id, reason, listed_on, authority, publish_until,
    uscc FROM listings
  UNION ALL SELECT 'tax_arrears', record_id, tax_kind, announced_on, authority,
    publish_until, uscc FROM tax_arrears
  UNION ALL SELECT 'inspections', record_id, task, inspected_on, authority,
    publish_until, uscc FROM inspections
  UNION ALL SELECT 'licences', record_id, certificate_name, decided_on, authority, NULL,
    uscc FROM licences
  UNION ALL SELECT 'honours', record_id, honour, awarded_on, authority, NULL, uscc
    FROM honours
) WHERE uscc = upper(trim(:uscc)) ORDER BY dated_on DESC, dataset, record_id""",
    ),
    "penalties_between": Question(
        "某段时间某机关的处罚 Penalties of an authority between two days",
        "authority：机关名称的一部分；from_day、to_day：YYYY-MM-DD"
        " Parameters authority: part of its name; from_day, to_day: YYYY-MM-DD",
        """
SELECT uscc, enterprise_name, decision_no, violation_kind, content, fine_fen, decided_on,
  authority, severity, publish_until
FROM penalties
WHERE instr(authority, trim(:authority)) > 0
  AND (trim(:from_day) = '' OR decided_on >= trim(:from_day))
  AND (trim(:to_day) = '' OR decided_on <= trim(:to_day))
ORDER BY decided_on DESC, record_id""",
    ),
    "penalties_by_month": Question(
        "每月处罚数量与罚款 Penalties and fines by month",
        "from_day：自何日起，YYYY-MM-DD；只含仍在公示期内的"
        " Parameter from_day: since, YYYY-MM-DD; those still public only",
        """
SELECT substr(decided_on, 1, 7) AS month, severity, count(*) AS penalties,
  sum(coalesce(fine_fen, 0)) AS fines_fen
FROM penalties WHERE trim(:from_day) = '' OR decided_on >= trim(:from_day)
GROUP BY 1, 2 ORDER BY 1 DESC, 2""",
    ),
    "ending_soon": Question(
        "即将公示期满的记录 Records whose publicity ends soon",
        "days：多少日内 Parameter days: within how many",
        """
SELECT 'penalties' AS dataset, uscc, enterprise_name, violation_kind AS title,
  publish_until FROM penalties
WHERE publish_until <= date(today(), '+' || CAST(:days AS INTEGER) || ' days')
UNION ALL
SELECT 'listings', uscc, enterprise_name, reason, publish_until FROM listings
WHERE publish_until <= date(today(), '+' || CAST(:days AS INTEGER) || ' days')
ORDER BY publish_until, enterprise_name""",
    ),
    "repairable_now": Question(
        "已可申请信用修复的记录 Records for which repair can be applied for",
        "name：企业名称的一部分 Parameter name: part of the enterprise's name",
        """
SELECT 'penalties' AS dataset, uscc, enterprise_name, violation_kind AS title,
  repairable_from, publish_until FROM penalties
WHERE repairable_from <= today() AND instr(enterprise_name, trim(:name)) > 0
UNION ALL
SELECT 'listings', uscc, enterprise_name, reason, repairable_from, publish_until
FROM listings
WHERE repairable_from <= today() AND instr(enterprise_name, trim(:name)) > 0
ORDER BY repairable_from, enterprise_name""",
    ),
    "licences_expiring": Question(
        "即将到期的许可 Licences that expire soon",
        "days：多少日内 Parameter days: within how many",
        """
SELECT uscc, enterprise_name, certificate_name, decision_no, valid_to, authority
FROM licences
WHERE valid_to BETWEEN today() AND date(today(), '+' || CAST(:days AS INTEGER) || ' days')
ORDER BY valid_to, enterprise_name""",
    ),
    "honours_of_year": Question(
        "某年度的荣誉与名录 Honours and lists of a year",
        "year：年度，如 2026；honour：名称的一部分"
        " Parameters year: such as 2026; honour: part of its name",
        """
SELECT uscc, enterprise_name, honour, honour_en, level, awarded_on, authority
FROM honours
WHERE (trim(:year) = '' OR year = CAST(:year AS INTEGER))
  AND instr(honour, trim(:honour)) > 0
ORDER BY honour, enterprise_name""",
    ),
    "enterprises_in_industry": Question(
        "某行业的企业 Enterprises of an industry",
        "industry：行业门类名称的一部分"
        " Parameter industry: part of the section's Chinese name",
        """
SELECT uscc, name, status, established_on, industry_section_name, in_park, published_grade
FROM enterprises WHERE instr(coalesce(industry_section_name, ''), trim(:industry)) > 0
ORDER BY name""",
    ),
    "fields_about": Question(
        "查找字段 Find fields by a word",
        "word：中文或英文 Parameter word: in Chinese or English",
        """
SELECT table_name, column_name, label_zh, label_en, kind, unit, codes, description_zh
FROM dictionary
WHERE instr(lower(column_name || ' ' || label_zh || ' ' || label_en), lower(trim(:word)))
ORDER BY table_name, column_name""",
    ),
}


def canned() -> dict[str, dict[str, Any]]:
    """The questions as Datasette wants them."""
    return {
        name: {
            "title": q.title,
            "description": q.description,
            "sql": q.sql.strip(),
            "hide_sql": True,
        }
        for name, q in QUESTIONS.items()
    }
