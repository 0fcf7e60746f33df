"""Who is logged in: a cookie names a session, which is asked again every time, as its key.

Not here: sessions themselves (``publish.access.sessions``).
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from datasette import Forbidden, Response

from publish.access import sessions
from publish.access.enterprise_keys import EnterpriseKey, recognise
from publish.access.sessions import Session
from publish.serving.mount import mounted
from publish.site.my.forms import Form, read_form
from publish.site.visit import Visit, visit_of
from quality.contracts.codelists import label

COOKIE = "enterprise"
CSRF_COOKIE, CSRF_FIELD = "ds_csrftoken", "csrftoken"
# Wrong keys from one address: each costs us a slow hash.
WRONG_PER_MINUTE = 10
LOGIN = "/my/login"
# What the browser shall forget with the session; its cookie is taken back by itself, and
# others of the host are not ours to delete.
CLEARED = '"cache", "storage"'

log = logging.getLogger(__name__)
View = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Desk:
    """One request of a logged-in enterprise, with all that its pages need."""

    visit: Visit
    key: EnterpriseKey
    session: Session
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
        found = await _resumed(datasette, request)
        if found is None:
            return private(Response.redirect(LOGIN))
        form = await checked_form(request) if request.method == "POST" else None
        visit = await visit_of(datasette, request)
        return await view(Desk(visit, *found, datasette, request, form))

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
        log.warning("forged form refused on %s from %s", request.path, _client(request))
        raise Forbidden("the form's token is missing: allow cookies and open it again")
    return form


async def log_in(datasette: Any, request: Any, text: str) -> EnterpriseKey | None:
    """The key that was typed, if it is one and not too many were tried."""
    client = _client(request)
    if not datasette.limiter.take(f"login {client}", WRONG_PER_MINUTE).allowed:
        log.warning("login refused from %s: too many tries", client)
        return None
    key = await asyncio.to_thread(recognise, datasette.registry, datasette.clock, text)
    if key is None:
        log.warning("login refused from %s: no key, or no longer good", client)
    return key


async def remember(
    datasette: Any, request: Any, response: Response, key: EnterpriseKey
) -> None:
    """Begin a session and set its cookie."""
    text = await asyncio.to_thread(
        sessions.begin, datasette.registry, datasette.clock, key
    )
    log.info("%s logged in with key %s from %s", key.uscc, key.prefix, _client(request))
    response.set_cookie(
        COOKIE,
        text,
        max_age=int(sessions.longest().total_seconds()),
        path="/my",
        httponly=True,
        samesite="lax",
        secure=request.scheme == "https",
    )


async def forget(desk: Desk, response: Response) -> None:
    """End the session, here and in the browser."""
    await desk.ask(sessions.end, desk.registry, desk.session)
    log.info("%s logged out with key %s", desk.uscc, desk.key.prefix)
    response.set_cookie(COOKIE, "", max_age=0, path="/my", httponly=True)
    response.headers["clear-site-data"] = CLEARED


async def _resumed(
    datasette: Any, request: Any
) -> tuple[EnterpriseKey, Session] | None:
    text = request.cookies.get(COOKIE, "")
    if not text:
        return None
    return await asyncio.to_thread(
        sessions.resume, datasette.registry, datasette.clock, text
    )


def _client(request: Any) -> str:
    return str((request.scope.get("client") or ("unknown", 0))[0])
