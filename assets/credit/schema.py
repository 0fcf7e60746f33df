"""The shape of a policy for editors: JSON Schema with Chinese labels.

Derived from the typed document; shipped beside the policies as ``policy.schema.json``
so that an editor completes and underlines while the office types. Not here: mistakes
that span several parts (``consistency``); those need ``creditpark policy check``.
"""

from __future__ import annotations

import json
from typing import Any

from assets.credit import vocabulary
from assets.credit.policy import Policy

LABELS = {
    "above": "大于该值时成立；或高于行业区间的分值",
    "among": "全体事件",
    "add": "可增加的数量",
    "advice": "改进建议",
    "also": "同时清零的指标",
    "amount_fen": "金额（分）",
    "any_of_kinds": "须具备的事项类型之一",
    "at_least": "至少多少条（家）才计算",
    "bands": "分档",
    "base": "基础分",
    "below": "小于该值（不含）；或低于行业区间的分值",
    "cap": "分值合计上限",
    "caps": "等级上限规则",
    "ceiling": "维度加分上限",
    "colour": "码色",
    "confirmation": "降级确认方式：office 信用办确认，automatic 期满自动生效",
    "consented": "仅适用于已授权企业",
    "count": "计数",
    "decay": "逐条计分并随公示期递减",
    "dimension": "所属维度",
    "dimensions": "维度",
    "each": "逐项计分",
    "en": "英文名称或说明",
    "exemptions": "免检情形",
    "families": "数据类别",
    "field": "数值字段",
    "figure": "信用管理指标",
    "flag": "有则计分",
    "floor": "扣分下限",
    "from": "起点（含）",
    "from_month": "成立满多少个月后应有该类数据",
    "governance": "降级程序",
    "grade": "级别",
    "grading": "参评条件",
    "honours": "荣誉名单",
    "id": "编号",
    "incentives": "激励措施",
    "indicator": "指标编号",
    "indicators": "指标",
    "inspection": "抽查",
    "keeps": "保底等级",
    "kind": "事件类型",
    "latest": "最近一次的取值",
    "latest_quantity": "最近一次的数量",
    "leader": "诚信领跑",
    "letter": "等级",
    "letters": "等级范围",
    "limit": "所受限制",
    "limits": "影响限制",
    "lookup": "按取值计分",
    "maximum": "最高分",
    "measures": "应用措施",
    "minimum": "最低分",
    "minimum_completeness_bp": "参评所需数据完整度（基点）",
    "missing": "数据缺失的处理：neutral 不计，reweight 同维度折算",
    "month_ends": "连续月末数",
    "months": "月数",
    "new_enterprise_months": "新设企业月数",
    "no_open_severities": "不得有的未了结失信程度",
    "objection_working_days": "异议期（工作日，自告知次日起）",
    "older_than_days": "早于多少天前",
    "open": "是否未了结",
    "points": "分值",
    "polarity": "性质",
    "publication": "公开范围",
    "qualifications": "资质",
    "ratio": "占比",
    "ratio_bp_by_letter": "按等级的抽查比例（基点）",
    "ratio_bp_by_risk_class": "按风险分类的抽查比例（基点）",
    "ratio_bp_not_graded": "未评企业抽查比例（基点）",
    "relative": "与园区同行业比较计分",
    "rules": "计分规则",
    "score": "分值范围",
    "severity": "失信程度",
    "source": "依据",
    "stage": "贯标阶段",
    "standard_model": "贯标示范",
    "states": "评价状态",
    "sum": "合计",
    "supported": "守信助跑",
    "tax_a": "A级纳税人",
    "to": "可达到的取值",
    "tolerance": "新业态企业包容期",
    "top": "名额",
    "trend": "与上一同长时段相比的变化",
    "valid_from": "施行日期",
    "valid_to": "失效日期",
    "value": "取值方法",
    "values": "取值",
    "vetoes": "一票否决规则",
    "when": "成立条件",
    "within": "处于行业区间的分值",
    "within_months": "多少个月以内",
    "younger_than_days": "晚于多少天前",
    "zh": "中文名称或说明",
}
TITLE = "信用评价规则 Grading policy"
ONE_OR_MORE = {"kind": vocabulary.kinds, "severity": vocabulary.severities}


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy document."""
    made = Policy.model_json_schema(by_alias=True)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = TITLE
    for part in (made, *made["$defs"].values()):
        for name, property_ in part.get("properties", {}).items():
            property_["title"] = LABELS[name]
            if name in ONE_OR_MORE:
                _complete(property_, [*ONE_OR_MORE[name]()])
    _completed_figure(made)
    return made


def _complete(property_: dict[str, Any], words: list[str]) -> None:
    """Offer the known words, one or a list of them."""
    one = {"type": "string", "enum": words}
    property_.pop("items", None)
    property_.pop("type", None)
    property_["anyOf"] = [one, {"type": "array", "items": one}]


def _completed_figure(made: dict[str, Any]) -> None:
    figure = made["$defs"]["Value"]["properties"]["figure"]
    figure.pop("anyOf", None)
    figure["enum"] = [*vocabulary.FIGURES]


def schema_text() -> str:
    """The schema as the file beside the policies holds it."""
    return json.dumps(policy_schema(), ensure_ascii=False, indent=1) + "\n"
