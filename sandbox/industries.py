"""Branches of the zone's enterprises: GB/T 4754 codes, names, scopes, chains."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Industry:
    """One branch.

    Attributes:
        code: class of GB/T 4754-2017 with its section letter.
        words: what such enterprises call themselves.
        scope: business scope.
        chain: the zone's industrial chain it belongs to.
        weight: how often it is met.
        hazardous: whether safety officers call often.
    """

    code: str
    words: tuple[str, ...]
    scope: str
    chain: str
    weight: int
    hazardous: bool = False


INDUSTRIES = (
    Industry(
        "C3983",
        ("传感科技", "微系统科技", "微纳传感"),
        "敏感元件及传感器制造；微机电系统器件研发、生产、销售",
        "智能微系统",
        12,
    ),
    Industry(
        "C3973",
        ("微电子", "集成电路", "芯片科技"),
        "集成电路设计、制造、封装与测试服务",
        "智能微系统",
        8,
    ),
    Industry(
        "C3990",
        ("电子科技", "智能电子"),
        "其他电子设备制造；电子元器件与机电组件设备制造",
        "智能微系统",
        8,
    ),
    Industry(
        "C3562",
        ("半导体装备", "精密装备"),
        "半导体器件专用设备制造；专用设备维修",
        "智能装备",
        5,
    ),
    Industry(
        "C3491",
        ("机器人科技", "智能装备", "装备制造"),
        "工业机器人制造；智能基础制造装备销售",
        "智能装备",
        9,
    ),
    Industry(
        "C3072",
        ("先进陶瓷", "特种陶瓷", "陶瓷新材料"),
        "特种陶瓷制品制造；新型陶瓷材料销售",
        "新材料",
        8,
        hazardous=True,
    ),
    Industry(
        "C2651",
        ("新材料", "高分子材料", "聚合材料"),
        "合成材料制造（不含危险化学品）；新材料技术研发",
        "新材料",
        9,
        hazardous=True,
    ),
    Industry(
        "C3062",
        ("复合材料", "纤维材料"),
        "玻璃纤维增强塑料制品制造；高性能纤维及复合材料销售",
        "新材料",
        5,
        hazardous=True,
    ),
    Industry(
        "C2761",
        ("生物医药", "生物科技", "生物制药"),
        "药品生产；生物化工产品技术研发",
        "生物医药",
        7,
        hazardous=True,
    ),
    Industry(
        "C3581",
        ("医疗器械", "医疗科技"),
        "第二类医疗器械生产；第一类医疗器械销售",
        "生物医药",
        6,
    ),
    Industry(
        "C3841",
        ("新能源科技", "储能科技"),
        "锂离子电池制造；储能技术服务",
        "新能源",
        5,
        hazardous=True,
    ),
    Industry(
        "I6513",
        ("软件科技", "信息技术", "数智科技"),
        "应用软件开发；信息系统集成服务",
        "数字经济",
        10,
    ),
    Industry(
        "I6550",
        ("数据服务", "云计算科技"),
        "数据处理和存储支持服务；大数据服务",
        "数字经济",
        5,
    ),
    Industry(
        "M7320",
        ("工程技术研究", "技术开发"),
        "工程和技术研究和试验发展；技术转让、技术推广",
        "科技服务",
        6,
    ),
    Industry(
        "M7452",
        ("检测技术", "计量检测"),
        "检验检测服务；计量技术服务",
        "科技服务",
        4,
    ),
    Industry(
        "F5179",
        ("机电设备", "商贸"),
        "机械设备及电子产品批发；货物进出口",
        "商贸流通",
        6,
    ),
    Industry(
        "F5137", ("供应链管理", "国际贸易"), "互联网销售；国内贸易代理", "商贸流通", 4
    ),
    Industry(
        "E4999",
        ("建设工程", "机电安装"),
        "建设工程施工；建筑机电安装",
        "工程建设",
        4,
        hazardous=True,
    ),
    Industry(
        "G5990", ("智慧物流", "仓储服务"), "普通货物仓储服务；装卸搬运", "商贸流通", 3
    ),
    Industry(
        "L7212", ("企业管理", "创业服务"), "企业管理咨询；园区管理服务", "科技服务", 3
    ),
)
"""In declaration order, which the draws depend on: add at the end only."""

WEIGHTS = tuple(i.weight for i in INDUSTRIES)
BUILDINGS = (
    "智能微系统产业园A1座",
    "智能微系统产业园A2座",
    "智能微系统产业园B1座",
    "智能微系统产业园B3座",
    "微机电产业园1号楼",
    "微机电产业园2号楼",
    "微机电产业园5号厂房",
    "先进陶瓷产业园3号厂房",
    "先进陶瓷产业园6号厂房",
    "生物医药产业园C2座",
    "生物医药产业园C5座",
    "创业中心科研楼",
)
STREETS = ("鲁泰大道", "中润大道", "柳泉路", "万杰路", "裕民路", "开发区北路", "尊贤路")
