"""What a release tells of how grades come about.

Here: the measured model card for everybody, and lower grades that wait, for their own
enterprises alone. Not here: the grades in force and their statistics (``publication``).
"""

from __future__ import annotations

from quality.contracts import credit
from quality.contracts.model import Tier, describe, integer, reuse, table, text

_facts = describe("publication")
_confidential = describe("publication", tier=Tier.AUTHORISED)

public_model_card = table(
    "public_model_card",
    _facts(
        "模型说明卡（实测）",
        "Model card, as measured",
        ("facet", "member", "standing"),
        description="等级按企业成立年限、注册资本的分布与月末稳定性，少于5家不公布 Grades by age and size of enterprises, and how steady they are; cells below five are hidden.",
    ),
    text("facet", "角度", "Facet", required=True, example="age|size|stability"),
    text("member", "分组或月末", "Group or month end", required=True, example="age_under_1"),
    text("standing", "等级或变化", "Grade or change", required=True, example="A|B|C|D|N|kept|better|worse"),
    integer("enterprises", "企业数", "Enterprises"),
)

authorised_downgrades = table(
    "authorised_downgrades", _confidential("拟降级（企业本身）", "Downgrades that wait", ("subject",)), *[reuse(item) for item in credit.downgrades.columns]
)
