"""What enterprises are fined for: all kinds of penalty, all severities."""

from __future__ import annotations

from typing import NamedTuple

from sandbox import authorities


class Offence(NamedTuple):
    """One kind of case; amounts are ranges in yuan, (0, 0) is none."""

    kinds: tuple[str, ...]  # labels of the kinds of penalty
    violation: str
    facts: str
    basis: str
    authority: str
    fine: tuple[int, int] = (0, 0)
    confiscated: tuple[int, int] = (0, 0)
    licence: str = ""


_PENALTY_LAW = "《中华人民共和国行政处罚法》第三十三条"
_SAFETY_LAW = "《中华人民共和国安全生产法》"
_QUALITY_LAW = "《中华人民共和国产品质量法》"

MINOR = (
    Offence(
        ("警告", "罚款"),
        "未按规定报送统计资料",
        "未在规定期限内报送统计资料，经催报后改正",
        "《中华人民共和国统计法》第四十四条",
        authorities.STATISTICS,
        fine=(200, 3_000),
    ),
    Offence(
        ("警告",),
        "未按规定公示企业信息",
        "未及时公示股权变更信息，责令后已改正",
        "《企业信息公示暂行条例》第十八条",
        authorities.MARKET,
    ),
    Offence(
        ("罚款",),
        "计量器具未按期检定",
        "在用计量器具超过检定周期使用",
        "《中华人民共和国计量法实施细则》第四十三条",
        authorities.MARKET,
        fine=(500, 2_000),
    ),
    Offence(
        ("通报批评",),
        "未按规定开展应急演练",
        "未按计划组织应急救援预案演练",
        _SAFETY_LAW + "第九十七条",
        authorities.EMERGENCY,
    ),
    Offence(
        ("其他-责令改正",),
        "未规范设置标识标牌",
        "厂区标识标牌设置不规范，情节轻微",
        _PENALTY_LAW,
        authorities.TRANSPORT,
    ),
    Offence(
        ("罚款",),
        "未按规定设置户外广告",
        "未经批准设置临时户外广告，已自行拆除",
        "《山东省户外广告管理办法》第二十条",
        authorities.TRANSPORT,
        fine=(300, 5_000),
    ),
)
GENERAL = (
    Offence(
        ("罚款",),
        "未落实安全生产责任",
        "检查发现作业现场未采取有效防护措施",
        _SAFETY_LAW + "第九十九条",
        authorities.EMERGENCY,
        fine=(12_000, 90_000),
    ),
    Offence(
        ("罚款",),
        "违反建设项目环境保护管理规定",
        "配套的环境保护设施未经验收即投入生产",
        "《建设项目环境保护管理条例》第二十三条",
        authorities.ECOLOGY,
        fine=(20_000, 200_000),
    ),
    Offence(
        ("没收违法所得", "罚款"),
        "销售不符合标准的产品",
        "抽检发现所销售的一批产品不符合标准",
        _QUALITY_LAW + "第四十九条",
        authorities.MARKET,
        fine=(15_000, 160_000),
        confiscated=(1_500, 60_000),
    ),
    Offence(
        ("罚款",),
        "发布虚假广告",
        "在互联网宣传页面使用无依据的绝对化用语",
        "《中华人民共和国广告法》第五十五条",
        authorities.MARKET,
        fine=(10_000, 100_000),
    ),
    Offence(
        ("没收非法财物", "罚款"),
        "使用未经检验的设备",
        "在用设备及配件来源不明且未经检验",
        "《中华人民共和国特种设备安全法》第八十四条",
        authorities.MARKET,
        fine=(30_000, 150_000),
        confiscated=(2_000, 40_000),
    ),
    Offence(
        ("罚款", "暂扣许可证件"),
        "未按许可条件组织施工",
        "现场管理不符合许可条件，逾期未改正",
        "《建设工程安全生产管理条例》第六十七条",
        authorities.HOUSING,
        fine=(20_000, 120_000),
        licence="安全生产许可证（暂扣三十天）",
    ),
)
SERIOUS = (
    Offence(
        ("罚款",),
        "生产安全责任事故",
        "因安全管理缺失发生责任事故",
        _SAFETY_LAW + "第一百一十四条",
        authorities.EMERGENCY,
        fine=(500_000, 2_000_000),
    ),
    Offence(
        ("吊销许可证件",),
        "以欺骗手段取得许可",
        "提交虚假材料取得许可，性质恶劣",
        "《中华人民共和国行政许可法》第七十九条",
        authorities.APPROVAL,
        licence="排污许可证",
    ),
    Offence(
        ("责令停产停业", "罚款"),
        "拒不改正重大隐患",
        "存在重大隐患且拒不执行整改指令",
        _SAFETY_LAW + "第一百零二条",
        authorities.EMERGENCY,
        fine=(300_000, 900_000),
    ),
    Offence(
        ("限制开展生产经营活动", "罚款"),
        "超标排放污染物",
        "污染物排放浓度多次超过许可限值",
        "《排污许可管理条例》第三十四条",
        authorities.ECOLOGY,
        fine=(200_000, 1_000_000),
    ),
    Offence(
        ("降低资质等级", "罚款"),
        "转包建设工程",
        "将承包的工程转包给无资质单位",
        "《建设工程质量管理条例》第六十二条",
        authorities.HOUSING,
        fine=(100_000, 600_000),
    ),
    Offence(
        ("罚款", "限制从业"),
        "隐瞒重要事实骗取认定",
        "隐瞒重要事实取得资格认定",
        "《中华人民共和国行政许可法》第六十九条",
        authorities.APPROVAL,
        fine=(60_000, 300_000),
    ),
    Offence(
        ("责令关闭", "罚款"),
        "违法建设运行生产线",
        "未经批准建设生产线并长期运行",
        "《中华人民共和国环境保护法》第六十一条",
        authorities.ECOLOGY,
        fine=(200_000, 1_500_000),
    ),
)
OFFENCES = (MINOR, GENERAL, SERIOUS)
PUBLICITY_MONTHS = (3, 12, 36)
"""How long each severity stays public, counted from the decision."""
