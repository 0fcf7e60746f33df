"""Every route of the bank interface, once.

Dispatch, checks of parameters, the description and its documents derive from this list.
Not here: what a route does (its handler's module).
"""

from __future__ import annotations

from publish.access.keys import Scope
from publish.api import (
    about,
    credit,
    describing,
    enterprises,
    history,
    matching,
    offering,
    own,
    verifying,
)
from publish.api.bodies import BatchRequest, MatchRequest, VerifyRequest
from publish.api.operation import PATH, QUERY, Operation, Parameter
from publish.api.parameters import (
    AS_OF,
    CURSOR,
    DAY,
    KNOWN_AT,
    LIMIT,
    PURPOSE,
    USCC,
    USCC_SCHEMA,
    identifier,
    read_day,
    read_uscc,
    word,
    words,
)
from publish.api.wire import SECTIONS

FORM = "application/x-www-form-urlencoded"
_SECTION = words("section", SECTIONS, "记录种类 Kinds of records", SECTIONS)
_INCLUDE = words("include", credit.ITEMS, "所需项目 Items wanted", credit.USUAL)
_SINCE = Parameter("since", QUERY, DAY, read_day, "记录日期起 First day of records")
_UNTIL = Parameter("until", QUERY, DAY, read_day, "记录日期止 Last day of records")
_OF = Parameter(
    "uscc", QUERY, USCC_SCHEMA, read_uscc, "只看这家企业 Of this enterprise"
)
_STATE = word("state", QUERY, ("live", "expired", "revoked"), "授权状态 State")
_ITEM = word("item", PATH, verifying.ITEMS, "核验事项 What is verified", required=True)

_OPEN = (
    Operation(
        "status",
        "GET",
        "/status",
        "发布与数据源状态 What is published and how fresh its sources are",
        about.status,
        answer="Status",
    ),
    Operation(
        "enumerations",
        "GET",
        "/enumerations",
        "全部代码表 Every code list with its labels",
        about.enumerations,
        answer="Enumerations",
        enveloped=False,
    ),
    Operation(
        "openapi",
        "GET",
        "/openapi.json",
        "本说明 This description",
        describing.show_openapi,
        enveloped=False,
        media=("application/json",),
    ),
    Operation(
        "docs",
        "GET",
        "/docs",
        "文档与试用 Documentation with a form to try each route",
        describing.show_docs,
        enveloped=False,
        media=("text/html",),
    ),
    Operation(
        "jwks",
        "GET",
        "/.well-known/jwks.json",
        "验签公钥 Public keys of our signatures",
        about.jwks,
        answer="Jwks",
        enveloped=False,
    ),
    Operation(
        "token",
        "POST",
        "/oauth/token",
        "OAuth2 客户端凭据 Access token for a key (client credentials)",
        about.token,
        answer="AccessToken",
        enveloped=False,
        body_media=(FORM,),
        problems=(
            *("invalid_client", "key_expired", "key_revoked", "address_refused"),
            *("rate_limited", "quota_exhausted", "registry_unavailable"),
        ),
    ),
)
_FACTS = (
    Operation(
        "enterprise",
        "GET",
        "/enterprises/{uscc}",
        "企业公开信用信息 Public facts of one enterprise",
        enterprises.show,
        Scope.FACTS,
        answer="Enterprise",
        parameters=(USCC, PURPOSE),
        problems=("unknown_enterprise",),
    ),
    Operation(
        "records",
        "GET",
        "/enterprises/{uscc}/records",
        "企业公开记录（分页） Public records, page by page",
        enterprises.records,
        Scope.FACTS,
        answer="Records",
        parameters=(USCC, _SECTION, _SINCE, _UNTIL, LIMIT, CURSOR, PURPOSE),
        problems=("unknown_enterprise",),
    ),
    Operation(
        "batch",
        "POST",
        "/enterprises:batch",
        "批量查询公开信息 Public facts of up to 1,000 enterprises",
        enterprises.batch,
        Scope.FACTS,
        answer="Batch",
        body=BatchRequest,
        parameters=(PURPOSE,),
    ),
    Operation(
        "match",
        "POST",
        "/match",
        "按名称、旧代码、地址识别企业 Which enterprise is meant",
        matching.match,
        Scope.FACTS,
        answer="Matches",
        body=MatchRequest,
        parameters=(PURPOSE,),
    ),
    Operation(
        "verify",
        "POST",
        "/verify/{item}",
        "核验（是否） Yes or no, with its day and source",
        verifying.verify,
        Scope.FACTS,
        answer="Verification",
        body=VerifyRequest,
        parameters=(_ITEM, PURPOSE),
        problems=("unknown_enterprise", "authorisation_missing", "bank_unnamed"),
    ),
)
_CATALOGUE = (
    Operation(
        "products",
        "GET",
        "/products",
        "金融产品 Financial products",
        offering.products,
        Scope.FACTS,
        answer="Products",
    ),
)
_CREDIT = (
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
        problems=("unknown_since",),
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
_OWN = (
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

OPERATIONS: tuple[Operation, ...] = (
    *_OPEN,
    *_FACTS,
    *_CATALOGUE,
    *_CREDIT,
    *_OWN,
)
