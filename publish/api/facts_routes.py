"""Routes of public facts and what is open to everyone.

Not here: what needs an enterprise's authorisation (``publish.api.credit_routes``).
"""

from __future__ import annotations

from publish.access.keys import Scope
from publish.api import (
    about,
    describing,
    enterprises,
    feed,
    matching,
    offering,
    verifying,
)
from publish.api.bodies import BatchRequest, MatchRequest, VerifyRequest
from publish.api.operation import PATH, QUERY, Operation, Parameter
from publish.api.parameters import (
    CURSOR,
    DAY,
    LIMIT,
    PURPOSE,
    USCC,
    read_day,
    whole,
    word,
    words,
)
from publish.api.parameters import matching as matching_text
from publish.api.wire import SECTIONS

FORM = "application/x-www-form-urlencoded"
_SECTION = words("section", SECTIONS, "记录种类 Kinds of records", SECTIONS)
_SINCE = Parameter("since", QUERY, DAY, read_day, "记录日期起 First day of records")
_UNTIL = Parameter("until", QUERY, DAY, read_day, "记录日期止 Last day of records")
_RELEASE = Parameter(
    *("since", QUERY, {"type": "string", "pattern": "^[0-9]{8}-[0-9a-f]{10}$"}),
    matching_text(r"[0-9]{8}-[0-9a-f]{10}", "the id of a release"),
    *("上次读取的发布版本 The release you read last", True),
)
_KID = Parameter(
    *("kid", PATH, {"type": "string", "pattern": "^[0-9a-f-]{8,40}$"}),
    matching_text(r"[0-9a-f-]{8,40}", "the kid of a signature"),
    *("签名中的 kid The kid of a signature", True),
)
_NUMBER = Parameter(
    *("since", QUERY, {"type": "integer", "minimum": 0, "maximum": 999_999_999}),
    whole(0, 999_999_999),
    "上次读到的编号 The number you read last",
    default=0,
)
_FILE = word(
    "file", PATH, describing.FILES, "页面文件 A file of the page", required=True
)
_ITEM = word("item", PATH, verifying.ITEMS, "核验事项 What is verified", required=True)

OPEN = (
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
        "docs_file",
        "GET",
        "/docs/{file}",
        "文档页的样式与脚本 Style and script of the documentation",
        describing.show_file,
        enveloped=False,
        parameters=(_FILE,),
        media=("text/css", "text/javascript"),
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
        "signing_key",
        "GET",
        "/.well-known/keys/{kid}",
        "一个验签公钥（PEM） One public key, for openssl",
        about.signing_key,
        parameters=(_KID,),
        media=(about.PEM,),
        problems=("unknown_signing_key",),
        enveloped=False,
    ),
    Operation(
        "token",
        "POST",
        "/oauth/token",
        "OAuth2客户端凭据 Access token for a key (client credentials)",
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
FACTS = (
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
        quick=True,
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
        quick=True,
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
        problems=(
            *("unknown_enterprise", "authorisation_missing", "bank_unnamed"),
            "value_unfit",
        ),
    ),
)
CATALOGUE = (
    Operation(
        "products",
        "GET",
        "/products",
        "金融产品 Financial products",
        offering.products,
        Scope.FACTS,
        answer="Products",
    ),
    Operation(
        "changes",
        "GET",
        "/changes",
        "自某版本以来的变化 What changed since a release",
        feed.changes,
        Scope.FACTS,
        answer="Changes",
        parameters=(_RELEASE, LIMIT, CURSOR),
        problems=("unknown_since",),
    ),
    Operation(
        "retractions",
        "GET",
        "/retractions",
        "撤回通知：修复、删除、更正 Records that must no longer be used as they were",
        feed.retractions,
        Scope.FACTS,
        answer="Retractions",
        parameters=(_NUMBER, LIMIT),
    ),
)
