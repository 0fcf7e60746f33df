"""Routes of portfolios, webhooks and feedback: what a bank makes with us.

Not here: reading an enterprise (``facts_routes``, ``credit_routes``).
"""

from __future__ import annotations

from publish.access.keys import Scope
from publish.api import screening, telling, webhooks
from publish.api.bodies import (
    AuthorisationRequest,
    FeedbackRequest,
    ScreenRequest,
    WebhookRequest,
)
from publish.api.operation import MEGABYTE, Operation, Wire
from publish.api.parameters import CURSOR, LIMIT, PURPOSE, REPEAT, identifier

_SCREENING = identifier("screening", "scr", "筛查编号 Screening")
_WEBHOOK = identifier("webhook", "whk", "订阅编号 Webhook")
_DELIVERY = identifier("delivery", "dlv", "推送编号 Delivery")


def _follow(name: str, *operations: str) -> Wire:
    """Links from an answer to the routes that take its identifier."""
    place = {name: f"$response.body#/data/{name}"}
    return {o: {"operationId": o, "parameters": place} for o in operations}


SCREEN = (
    Operation(
        "screen",
        "POST",
        "/screen",
        "筛查名单（异步） Screen a portfolio, asynchronously",
        screening.start,
        Scope.SCREEN,
        answer="Screening",
        body=ScreenRequest,
        body_media=(screening.CSV,),
        parameters=(REPEAT, PURPOSE),
        problems=("too_many",),
        status=202,
        once=True,
        largest=6 * MEGABYTE,
        links=_follow("screening", "screening_progress", "screening_results"),
    ),
    Operation(
        "screening_progress",
        "GET",
        "/screen/{screening}",
        "筛查进度 How far a screening is",
        screening.show,
        Scope.SCREEN,
        answer="Screening",
        parameters=(_SCREENING,),
        problems=("unknown_screening",),
    ),
    Operation(
        "screening_results",
        "GET",
        "/screen/{screening}/results",
        "筛查结果（按当日公示判断） Outcomes, judged today",
        screening.results,
        Scope.SCREEN,
        answer="ScreeningResults",
        parameters=(_SCREENING, LIMIT, CURSOR),
        problems=("unknown_screening",),
    ),
)
NOTIFY = (
    Operation(
        "create_webhook",
        "POST",
        "/webhooks",
        "订阅推送 Be told of releases, retractions, screenings, revocations",
        webhooks.create,
        Scope.NOTIFY,
        answer="Webhook",
        body=WebhookRequest,
        parameters=(REPEAT,),
        problems=("url_refused", "too_many"),
        status=201,
        once=True,
        links=_follow("webhook", "webhook", "end_webhook", "webhook_deliveries"),
    ),
    Operation(
        "webhooks",
        "GET",
        "/webhooks",
        "推送订阅清单 Your webhooks",
        webhooks.show_all,
        Scope.NOTIFY,
        answer="Webhooks",
    ),
    Operation(
        "webhook",
        "GET",
        "/webhooks/{webhook}",
        "推送订阅 One webhook",
        webhooks.show,
        Scope.NOTIFY,
        answer="Webhook",
        parameters=(_WEBHOOK,),
        problems=("unknown_webhook",),
    ),
    Operation(
        "end_webhook",
        "DELETE",
        "/webhooks/{webhook}",
        "取消订阅 End a webhook",
        webhooks.end,
        Scope.NOTIFY,
        answer="Webhook",
        parameters=(_WEBHOOK,),
        problems=("unknown_webhook",),
    ),
    Operation(
        "webhook_deliveries",
        "GET",
        "/webhooks/{webhook}/deliveries",
        "推送记录 Deliveries of a webhook",
        webhooks.deliveries,
        Scope.NOTIFY,
        answer="Deliveries",
        parameters=(_WEBHOOK,),
        problems=("unknown_webhook",),
    ),
    Operation(
        "replay_delivery",
        "POST",
        "/deliveries/{delivery}/replay",
        "重新推送 Send a notice once more",
        webhooks.replay,
        Scope.NOTIFY,
        answer="Delivery",
        parameters=(_DELIVERY,),
        problems=("unknown_delivery",),
        status=202,
    ),
)
TELL = (
    Operation(
        "feedback",
        "POST",
        "/feedback",
        "反馈申请、放款、违约 What became of a credit file at your bank",
        telling.give_feedback,
        Scope.FEEDBACK,
        answer="Feedback",
        body=FeedbackRequest,
        parameters=(REPEAT,),
        problems=("unknown_enterprise", "value_unfit"),
        status=201,
        once=True,
    ),
    Operation(
        "ask_authorisation",
        "POST",
        "/authorisations",
        "请求企业授权 Ask an enterprise for its authorisation",
        telling.ask_authorisation,
        Scope.CREDIT,
        answer="AuthorisationRequested",
        body=AuthorisationRequest,
        parameters=(REPEAT,),
        problems=("unknown_enterprise", "bank_unnamed", "too_many"),
        status=201,
        once=True,
    ),
)
