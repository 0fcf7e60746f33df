"""Who is logged in: a signed cookie names a key, and the key is asked again every time.

Not here: keys (``publish.access.enterprise_keys``).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from datasette import Forbidden, Response
from itsdangerous import BadSignature

from publish.access.enterprise_keys import EnterpriseKey, recognise, still_live
from publish.serving.mount import mounted
from publish.site.my.forms import Form, read_form
from publish.site.visit import Visit, visit_of
from quality.contracts.codelists import label

COOKIE, NAMESPACE = "enterprise", "enterprise-session"
CSRF_COOKIE, CSRF_FIELD = "ds_csrftoken", "csrftoken"
LASTS_SECONDS = 8 * 3600
# Wrong keys from one address: each costs us a slow hash.
WRONG_PER_MINUTE = 10
LOGIN = "/my/login"

View = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Desk:
    """One request of a logged-in enterprise, with all that its pages need."""

    visit: Visit
    key: EnterpriseKey
    datasette: Any
    request: Any
    form: Form | None = None

    @property
    def uscc(self) -> str:
        """The enterprise."""
        return self.key.uscc

    @property
    def registry(self) -> Any:
        """The registry's engine."""
        return self.datasette.registry

    @property
    def clock(self) -> Any:
        """The one clock."""
        return self.datasette.clock

    @property
    def folder(self) -> Any:
        """The pinned release's directory."""
        return mounted(self.datasette).folder

    def label(self, codes: str, code: str) -> str:
        """The label of a code; those of cases are in no release."""
        return label(codes, code, self.visit.language)

    async def ask(self, work: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Do something that waits for a database, in a thread."""
        return await asyncio.to_thread(work, *args, **named)

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page that no cache keeps."""
        return private(
            self.visit.page(
                template,
                status=status,
                desk=self,
                token=self.request.scope[CSRF_FIELD](),
                **context,
            )
        )


def private(response: Response) -> Response:
    """An answer that is kept nowhere."""
    response.headers["cache-control"] = "no-store"
    response.headers["vary"] = "Cookie"
    return response


def for_enterprises(view: Callable[[Desk], Awaitable[Any]]) -> View:
    """A view for whoever is logged in; all others are asked to log in."""

    # No ``wraps``: Datasette reads the signature to know what to hand over.
    async def guarded(datasette: Any, request: Any) -> Any:
        key = await _key(datasette, request)
        if key is None:
            return private(Response.redirect(LOGIN))
        form = await checked_form(request) if request.method == "POST" else None
        visit = await visit_of(datasette, request)
        return await view(Desk(visit, key, datasette, request, form))

    return guarded


async def checked_form(request: Any) -> Form:
    """The form that was handed in, if it is one of ours.

    Its token must be the one of the signed cookie: no other site knows it. Datasette's own
    check cannot read forms with files and lets pass who has no cookie at all.

    Raises:
        Forbidden: the token is missing or another's.
    """
    form = await read_form(request)
    expected = request.scope[CSRF_FIELD]() if CSRF_COOKIE in request.cookies else ""
    if not expected or not hmac.compare_digest(form.text(CSRF_FIELD), expected):
        raise Forbidden("the form's token is missing: allow cookies and open it again")
    return form


async def log_in(datasette: Any, request: Any, text: str) -> EnterpriseKey | None:
    """The key that was typed, if it is one and not too many were tried."""
    client = (request.scope.get("client") or ("unknown", 0))[0]
    if not datasette.limiter.take(f"login {client}", WRONG_PER_MINUTE).allowed:
        return None
    return await asyncio.to_thread(recognise, datasette.registry, datasette.clock, text)


def remember(
    datasette: Any, request: Any, response: Response, key: EnterpriseKey
) -> None:
    """Set the session's cookie, which says itself when it ends."""
    until = int(datasette.clock.now().timestamp()) + LASTS_SECONDS
    response.set_cookie(
        COOKIE,
        datasette.sign({"prefix": key.prefix, "until": until}, NAMESPACE),
        max_age=LASTS_SECONDS,
        path="/my",
        httponly=True,
        samesite="lax",
        secure=request.scheme == "https",
    )


def forget(response: Response) -> None:
    """End the session."""
    response.set_cookie(COOKIE, "", max_age=0, path="/my", httponly=True)


async def _key(datasette: Any, request: Any) -> EnterpriseKey | None:
    try:
        told = datasette.unsign(request.cookies.get(COOKIE, ""), NAMESPACE)
    except BadSignature:
        return None
    # A copy of the cookie ends as well, whatever its browser makes of ``max_age``.
    if int(told.get("until", 0)) <= datasette.clock.now().timestamp():
        return None
    prefix = str(told.get("prefix", ""))
    return await asyncio.to_thread(
        still_live, datasette.registry, datasette.clock, prefix
    )
