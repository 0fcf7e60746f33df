"""What a release tells of cases: marks for everybody, guidance for the enterprise itself.

Not here: the other published tables (``publication``).
"""

from __future__ import annotations

from quality.contracts import cases
from quality.contracts.model import Tier, date, describe, reuse, table, text, uscc

_facts = describe("publication")
_confidential = describe("publication", tier=Tier.AUTHORISED)

_MARKED = "正在公示且有异议的记录 Public records under objection, or whose doubt could not be resolved."
public_contested = table(
    "public_contested",
    _facts("异议标注", "Contested records", ("record_id",), description=_MARKED, source="山东省社会信用条例第三十九条"),
    *(text("record_id", "记录标识", "Record id", required=True), uscc(required=True)),
    *(text("enterprise_name", "企业名称", "Enterprise", required=True), text("dataset", "数据集", "Dataset", required=True)),
    date("marked_on", "标注日期", "Marked on", required=True),
)

authorised_guidance = table(
    "authorised_guidance", _confidential("修复指引（企业本身）", "Repair guidance", ("record_id",)), *[reuse(item) for item in cases.repair_guidance.columns]
)
