"""Invented names: brands put together from seldom-used characters, and people."""

from __future__ import annotations

import random

from sandbox.industries import Industry

_FIRST = "栎澄朔珩铄翎淏昀骁岫钧祁霁珞沄屹垚彧琤炜"
_MIDDLE = "若维以衡景令知予望行承既言可"
_LAST = "岚澍璟泽晖廷沐峥桁翊铭汐钰瀛柏恺陌霖弈澈"
_FORMS = ("有限公司",) * 8 + ("股份有限公司", "有限责任公司")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅"
_GIVEN = "建明志远海涛晓峰文博立新国庆永强子轩雨桐思源宏伟丽华秀英春燕俊杰佳宁成业"


def enterprise_name(rng: random.Random, industry: Industry, serial: int) -> str:
    """An enterprise name; every thirtieth carries the city in brackets."""
    middle = rng.choice(_MIDDLE) if rng.random() < 0.6 else ""
    brand = rng.choice(_FIRST) + middle + rng.choice(_LAST)
    word, form = rng.choice(industry.words), rng.choice(_FORMS)
    if serial % 30 == 8:
        return f"{brand}（淄博）{word}{form}"
    place = rng.choice(("淄博", "淄博", "淄博", "山东"))
    return f"{place}{brand}{word}{form}"


def person_name(rng: random.Random) -> str:
    """A name of nobody in particular."""
    size = 1 if rng.random() < 0.2 else 2
    return rng.choice(_SURNAMES) + "".join(rng.choice(_GIVEN) for _ in range(size))
