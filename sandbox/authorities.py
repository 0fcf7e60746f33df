"""Bodies that decide, publish and confirm in the sandbox, with invented codes."""

from __future__ import annotations

from sandbox.identifiers import make_uscc

MARKET = "淄博高新区市场监督管理局"
APPROVAL = "淄博高新区行政审批服务局"
EMERGENCY = "淄博高新区应急管理局"
ECOLOGY = "淄博市生态环境局高新区分局"
HOUSING = "淄博高新区建设局"
TRANSPORT = "淄博高新区综合行政执法局"
STATISTICS = "淄博高新区经济发展局"
HEALTH = "淄博高新区卫生健康局"
TAX = "国家税务总局淄博高新技术产业开发区税务局"
LABOUR = "淄博高新区人力资源和社会保障局"
SCIENCE = "淄博高新区科技发展中心"
INDUSTRY = "淄博高新区工业信息化和商务局"
FINANCE = "淄博高新区财政金融局"
PARK = "淄博高新区智能制造产业发展中心"
OFFICE = "淄博高新区信用园区创建工作领导小组办公室"
CREDIT_ASSOCIATION = "淄博市信用协会"

_NAMES = (
    MARKET,
    APPROVAL,
    EMERGENCY,
    ECOLOGY,
    HOUSING,
    TRANSPORT,
    STATISTICS,
    HEALTH,
    TAX,
    LABOUR,
    SCIENCE,
    INDUSTRY,
    FINANCE,
    PARK,
    OFFICE,
)

CODES = {
    name: make_uscc("11370300", f"MAX{number:05d}")
    for number, name in enumerate(_NAMES, 1)
}
"""Unified social credit codes by name: valid in both digits, issued to nobody."""
