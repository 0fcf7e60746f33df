"""The park's catalogues: products of banks, incentives, the administration's promises.

Written by hand, as the park office would; every institution in it is invented.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sandbox import authorities
from sandbox.days import EPOCH
from sandbox.ledger import Ledger

_PRODUCTS = (
    # institution, product, grade, 万元, basis points, months, description
    ("淄川示例银行", "园区信用贷", "A", 1000, 335, 36, "纯信用，凭园区A级信用"),
    ("淄川示例银行", "税信贷", "B", 500, 385, 24, "凭纳税缴费信用与经营数据"),
    ("齐地示例银行", "专精特新贷", "A", 2000, 310, 36, "面向专精特新企业"),
    ("齐地示例银行", "订单贷", "B", 300, 420, 12, "凭真实订单与应收账款"),
    ("齐地示例银行", "履约保函", "B", 500, 80, 24, "替代保证金"),
    ("稷下示例农商行", "小微易贷", "C", 100, 465, 12, "小额周转，需增信"),
    ("稷下示例农商行", "设备更新贷", "B", 800, 360, 60, "用于设备更新"),
    ("鲁中示例银行", "人才创业贷", "B", 300, 350, 36, "面向初创期科技企业"),
    ("鲁中示例银行", "知识产权质押贷", "B", 600, 375, 24, "以专利权质押"),
    ("鲁中示例担保", "信用担保增信", "C", 200, 100, 12, "为授信提供担保"),
    ("高新示例保理", "供应链保理", "A", 1500, 400, 12, "核心企业应收账款保理"),
    ("高新示例租赁", "信用融资租赁", "B", 1000, 440, 48, "设备直租与回租"),
)
_STAGES_OF = {
    "人才创业贷": "初创期",
    "小微易贷": "初创期;成长期",
    "园区信用贷": "成长期;成熟期",
    "供应链保理": "成熟期",
}
_INCENTIVES = (
    # title, kind, grade, discount in basis points, yearly cap in yuan, basis
    ("A级企业租金优惠", "租金优惠", "A", 1000, 120_000, "实施方案三（三）3"),
    ("B级企业租金优惠", "租金优惠", "B", 500, 60_000, "实施方案三（三）3"),
    ("A级企业管理费打折", "管理费打折", "A", 2000, 30_000, "实施方案三（三）3"),
    ("B级企业管理费打折", "管理费打折", "B", 1000, 15_000, "实施方案三（三）3"),
    ("评选评优优先推荐", "评选优先", "A", None, None, "实施方案三（三）3"),
    ("政策兑现绿色通道", "绿色通道", "A", None, None, "山东省社会信用条例第二十六条"),
    ("材料容缺受理", "容缺受理", "B", None, None, "山东省社会信用条例第二十六条"),
    ("降低抽查频次", "抽查降频", "A", None, None, "山东省社会信用条例第二十六条"),
    ("信易贷优先推荐", "信易贷推荐", "A", None, None, "实施方案三（五）2"),
    ("信易贷推荐", "信易贷推荐", "B", None, None, "实施方案三（五）2"),
)


class _Promise(NamedTuple):
    area: str
    title: str
    unit: str
    made: date
    due: date
    kept: date | None


_PROMISES = (
    _Promise("政府采购", "采购合同款三十日内支付", authorities.FINANCE,
             date(2023, 4, 10), date(2023, 12, 31), date(2023, 12, 20)),
    _Promise("政府采购", "采购意向提前三十日公开", authorities.FINANCE,
             date(2024, 2, 1), date(2024, 12, 31), date(2024, 11, 29)),
    _Promise("政府采购", "预留中小企业采购份额", authorities.FINANCE,
             date(2025, 3, 3), date(2025, 12, 31), date(2026, 1, 16)),
    _Promise("政府和社会资本合作", "供热项目按期付费", authorities.HOUSING,
             date(2023, 5, 8), date(2024, 6, 30), date(2024, 6, 18)),
    _Promise("政府和社会资本合作", "污水项目绩效评价结果公开", authorities.ECOLOGY,
             date(2024, 5, 6), date(2025, 3, 31), None),
    _Promise("招标投标", "取消非必要投标保证金", authorities.HOUSING,
             date(2023, 6, 1), date(2023, 9, 30), date(2023, 9, 12)),
    _Promise("招标投标", "招标文件公平竞争审查全覆盖", authorities.MARKET,
             date(2024, 7, 1), date(2025, 6, 30), date(2025, 6, 20)),
    _Promise("招标投标", "评标结果当日公示", authorities.APPROVAL,
             date(2025, 9, 1), date(2026, 9, 30), None),
    _Promise("招商引资", "协议约定的厂房按期交付", authorities.PARK,
             date(2023, 4, 20), date(2024, 4, 30), date(2024, 4, 22)),
    _Promise("招商引资", "惠企政策三十日内兑现", authorities.INDUSTRY,
             date(2024, 1, 15), date(2024, 12, 31), date(2025, 2, 14)),
    _Promise("招商引资", "二期标准厂房交付", authorities.PARK,
             date(2025, 5, 12), date(2026, 6, 30), None),
    _Promise("地方政府债务", "化解账款拖欠存量", authorities.FINANCE,
             date(2023, 7, 3), date(2024, 12, 31), date(2024, 12, 27)),
    _Promise("地方政府债务", "专项债项目资金使用公开", authorities.FINANCE,
             date(2025, 1, 20), date(2027, 12, 31), None),
    _Promise("统计", "不干预企业独立真实填报", authorities.STATISTICS,
             date(2023, 4, 10), date(2024, 1, 31), date(2024, 1, 25)),
    _Promise("统计", "统计数据按时发布", authorities.STATISTICS,
             date(2026, 1, 12), date(2027, 1, 31), None),
)  # fmt: skip


def catalogues(ledger: Ledger) -> None:
    """Products and incentives stand from the first day; promises come and are kept."""
    _products(ledger)
    _incentives(ledger)
    _promises(ledger)


def _products(ledger: Ledger) -> None:
    for number, product in enumerate(_PRODUCTS, 1):
        bank, name, grade, amount, rate, term, description = product
        row = {
            "产品编号": f"JR-{number:03d}",
            "金融机构": bank,
            "产品名称": name,
            "最低信用等级": grade,
            "最高额度(万元)": amount,
            "年利率起(基点)": rate,
            "期限(月)": term,
            "适用阶段": _STAGES_OF.get(name, ""),
            "适用资质": "专精特新企业" if name == "专精特新贷" else "",
            "适用行业": "C" if name == "设备更新贷" else "",
            "产品说明": description,
            "有效期至": "2027-12-31" if number % 4 else "",
        }
        ledger.add("financial_products", EPOCH, f"JR-{number:03d}", row)


def _incentives(ledger: Ledger) -> None:
    for number, incentive in enumerate(_INCENTIVES, 1):
        title, kind, grade, discount, cap, basis = incentive
        row = {
            "措施编号": f"ZC-{number:03d}",
            "措施名称": title,
            "措施类别": kind,
            "最低信用等级": grade,
            "优惠比例(基点)": discount,
            "年度上限(元)": cap,
            "依据": basis,
            "生效日期": "2023-04-01",
            "失效日期": "",
        }
        ledger.add("incentive_catalogue", EPOCH, f"ZC-{number:03d}", row)


def _promises(ledger: Ledger) -> None:
    for number, promise in enumerate(_PROMISES, 1):
        row = {
            "承诺编号": f"ZW-{number:03d}",
            "领域": promise.area,
            "承诺事项": promise.title,
            "责任单位": promise.unit,
            "承诺日期": promise.made.isoformat(),
            "完成时限": promise.due.isoformat(),
            "兑现日期": "",
            "兑现情况说明": "",
        }
        key = f"ZW-{number:03d}"
        ledger.add("government_commitments", promise.made, key, row)
        if promise.kept:
            late = promise.kept > promise.due
            kept = {
                "兑现日期": promise.kept.isoformat(),
                "兑现情况说明": "已逾期兑现并说明原因" if late else "已按期兑现",
            }
            ledger.add("government_commitments", promise.kept, key, row | kept)
