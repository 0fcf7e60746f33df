"""Routes of what an enterprise authorised, and of a bank's own receipts.

Not here: public facts (``facts_routes``).
"""

from __future__ import annotations

from publish.access.keys import Scope
from publish.api import credit, history, offering, own, reporting
from publish.api.operation import QUERY, Operation, Parameter
from publish.api.parameters import (
    AS_OF,
    CURSOR,
    KNOWN_AT,
    LIMIT,
    PURPOSE,
    USCC,
    USCC_SCHEMA,
    identifier,
    read_uscc,
    word,
    words,
)
from publish.registry.asked import State

_INCLUDE = words("include", credit.ITEMS, "所需项目 Items wanted", credit.USUAL)
_OF = Parameter(
    "uscc", QUERY, USCC_SCHEMA, read_uscc, "只看这家企业 Of this enterprise"
)
_STATE = word("state", QUERY, ("live", "expired", "revoked"), "授权状态 State")
_ASKED_STATE = word("state", QUERY, [s.value for s in State], "请求状态 State")
_FORMAT = word(
    *("format", QUERY, reporting.FORMS, "报告格式 Form of the report"), default="json"
)

CREDIT = (
    Operation(
        "credit",
        "GET",
        "/enterprises/{uscc}/credit",
        "信用等级、评分与说明（须授权） Grade, score, explanation",
        credit.show,
        Scope.CREDIT,
        items=credit.chosen,
        answer="Credit",
        parameters=(USCC, _INCLUDE, PURPOSE),
        quick=True,
    ),
    Operation(
        "financials",
        "GET",
        "/enterprises/{uscc}/financials",
        "财务数据（须授权） Quarterly figures",
        credit.financials,
        Scope.CREDIT,
        items=("financials",),
        answer="Financials",
        parameters=(USCC, LIMIT, CURSOR, PURPOSE),
        quick=True,
    ),
    Operation(
        "history",
        "GET",
        "/enterprises/{uscc}/history",
        "历史等级（须授权） Earlier grades, as of and as known at a day",
        history.show,
        Scope.CREDIT,
        items=(history.ITEM,),
        answer="History",
        parameters=(USCC, AS_OF, KNOWN_AT, LIMIT, CURSOR, PURPOSE),
        problems=("day_ahead", "before_history"),
    ),
    Operation(
        "offers",
        "GET",
        "/enterprises/{uscc}/offers",
        "等级可及的金融产品（须授权） Products its grade is good for",
        offering.offers,
        Scope.CREDIT,
        items=(offering.ITEM,),
        answer="Offers",
        parameters=(USCC, PURPOSE),
    ),
)
REPORT = (
    Operation(
        "report",
        "GET",
        "/enterprises/{uscc}/report",
        "信用报告（须授权，已签名） Credit report, signed",
        reporting.show,
        Scope.CREDIT,
        items=(reporting.ITEM,),
        answer="Report",
        parameters=(USCC, _FORMAT, PURPOSE),
        media=("text/html", "application/pdf"),
        problems=("unknown_enterprise",),
    ),
)
OWN = (
    Operation(
        "authorisations",
        "GET",
        "/authorisations",
        "企业对本机构的授权 Authorisations that name your bank",
        own.authorisations,
        Scope.CREDIT,
        answer="Authorisations",
        parameters=(_OF, _STATE),
        problems=("bank_unnamed",),
    ),
    Operation(
        "authorisation_requests",
        "GET",
        "/authorisations/requests",
        "本机构的授权请求及结果 What your bank asked for, and what became of it",
        own.requests,
        Scope.CREDIT,
        answer="AuthorisationRequests",
        parameters=(_OF, _ASKED_STATE),
        problems=("bank_unnamed",),
    ),
    Operation(
        "authorisation_request",
        "GET",
        "/authorisations/requests/{request}",
        "一项授权请求 One request for an authorisation",
        own.request,
        Scope.CREDIT,
        answer="AuthorisationAsked",
        parameters=(identifier("request", "arq", "请求编号 Request"),),
        problems=("bank_unnamed", "unknown_request"),
    ),
    Operation(
        "receipt",
        "GET",
        "/receipts/{receipt}",
        "查询回执 Proves what was answered",
        own.receipt,
        Scope.FACTS,
        answer="Receipt",
        parameters=(identifier("receipt", "rcp", "回执编号 Receipt"),),
        problems=("unknown_receipt",),
    ),
)
