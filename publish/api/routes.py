"""The routes of ``/api/v1``: small handlers in a wrapper that tells failures.

Not here: reading (``facts``, ``status``), deciding who may ask (``publish.access``).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from publish.access.door import Admission
from publish.access.keys import Scope
from publish.access.refusals import Refused
from publish.api import facts, openapi, status
from publish.api.answers import answer, envelope, problem_answer, problem_of
from publish.api.problems import Problem, problem
from publish.serving.mount import NoReleaseError, mounted
from quality.identifiers import IdentifierError, normalise, parse

log = logging.getLogger(__name__)

READING = ("GET", "HEAD")
LONGEST_ECHO = 40  # characters of a wrong code that are repeated to the caller
Handler = Callable[[Any, Any], Awaitable[Any]]


async def show_status(request: Any, datasette: Any) -> Any:
    """``GET /api/v1/status``."""
    release = mounted(datasette)
    data = await status.status(release)
    lasting = {k: v for k, v in data.items() if k != "age_seconds"}
    return answer(request, envelope(release, data), {}, tag_of=lasting)


async def show_enterprise(request: Any, datasette: Any) -> Any:
    """``GET /api/v1/enterprises/{uscc}``."""
    admission = await admit(request, datasette, Scope.FACTS)
    headers = admission.allowance.headers()
    release, uscc = mounted(datasette), _uscc(request, headers)
    found = await facts.enterprise(release, uscc)
    if found is None:
        raise problem("unknown_enterprise", headers=headers, uscc=uscc)
    return answer(request, envelope(release, found.document()), headers)


async def show_openapi(request: Any, datasette: Any) -> Any:  # noqa: ARG001
    """``GET /api/v1/openapi.json``."""
    return openapi.response()


async def unknown(request: Any, datasette: Any) -> Any:  # noqa: ARG001
    """Everything else below ``/api``."""
    raise problem("unknown_route")


async def admit(request: Any, datasette: Any, scope: Scope) -> Admission:
    """Let the caller in.

    Raises:
        Refused: no key, a wrong one, or one that may not.
    """
    client = request.scope.get("client") or ("unknown", 0)
    authorization = request.headers.get("authorization")
    admission: Admission = await datasette.door.admit(authorization, scope, client[0])
    return admission


def _uscc(request: Any, headers: dict[str, str]) -> str:
    given = normalise(unquote(request.url_vars["uscc"]))
    try:
        return parse(given).code
    except IdentifierError as error:
        shown = given[:LONGEST_ECHO]
        raise problem(
            "invalid_uscc", headers=headers, given=shown, reason=str(error)
        ) from error


def route(handler: Handler, methods: tuple[str, ...] = READING) -> Any:
    """A view for Datasette that answers every failure as a problem document."""

    async def view(request: Any, datasette: Any) -> Any:
        try:
            if request.method not in methods:
                allowed = ", ".join(methods)
                headers = {"Allow": allowed}
                raise problem("method_not_allowed", headers=headers, allowed=allowed)
            return await handler(request, datasette)
        except Exception as error:  # told as a problem, logged if ours
            return _failure(error, request, datasette)

    return view


def _failure(error: Exception, request: Any, datasette: Any) -> Any:
    request_id = str(request.scope.get("request_id", ""))
    release = datasette.mount.seen()
    return problem_answer(
        _problem(error, request_id), request_id, release and release.release_id
    )


def _problem(error: Exception, request_id: str) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return problem_of(error)
    if isinstance(error, NoReleaseError):
        return problem("no_release", headers={"Retry-After": "10"})
    log.error("request %s failed", request_id, exc_info=error)
    return problem("internal_error")
