"""Answers over HTTP: JSON with its entity tag, 304 where nothing changed, problems.

Not here: what is answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from datasette import Response

from publish.access.refusals import Refused
from publish.api.problems import CONTENT_TYPE, Problem, problem
from publish.api.wire import Envelope, Wire
from publish.serving.mount import Mounted

JSON = "application/json; charset=utf-8"
UNAUTHORISED = 401
NOT_MODIFIED = 304


def envelope(release: Mounted, data: Wire) -> Envelope:
    """The data with the release it was read from."""
    return Envelope(
        release=release.release_id,
        policy=release.facts.get("policy_id"),
        evaluated_on=release.facts.get("today"),
        as_of=release.today().isoformat(),
        data=data,
    )


def answer(
    request: Any,
    whole: Envelope,
    headers: Mapping[str, str],
    tag_of: Wire | None = None,
) -> Any:
    """The envelope as a response, or 304 where the caller has it already.

    Args:
        request: Datasette's.
        whole: what to answer.
        headers: sent along.
        tag_of: the part that makes a difference, if not all of the data does.
    """
    etag = _etag(whole, whole.data if tag_of is None else tag_of)
    told = {**headers, "ETag": etag, "Cache-Control": "no-cache"}
    if _has(request, etag):
        return Response("", status=NOT_MODIFIED, headers=told, content_type=JSON)
    return Response(_json(whole.document()), headers=told, content_type=JSON)


def problem_answer(found: Problem, request_id: str, release: str | None) -> Any:
    """A problem as a response; it names the release and the request."""
    more = {"request_id": request_id, **({"release": release} if release else {})}
    document = {**found.document(), **more}
    headers = {**found.headers, "Cache-Control": "no-store"}
    if found.kind.status == UNAUTHORISED:
        error = "" if found.kind.code == "key_missing" else ', error="invalid_token"'
        headers["WWW-Authenticate"] = f'Bearer realm="creditpark"{error}'
    status = found.kind.status
    return Response(_json(document), status, headers, content_type=CONTENT_TYPE)


def problem_of(refused: Refused) -> Problem:
    """What to tell whom the door refused."""
    allowance = refused.allowance
    return problem(
        refused.code,
        headers=allowance.headers() if allowance else None,
        prefix=refused.key.prefix if refused.key else "",
        scope=refused.scope or "",
        seconds=allowance.retry_after if allowance else 0,
    )


def _etag(whole: Envelope, data: Wire) -> str:
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return f'W/"{whole.release}.{hashlib.sha256(canonical).hexdigest()[:32]}"'


def _has(request: Any, etag: str) -> bool:
    known = str(request.headers.get("if-none-match") or "")
    offered = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return known.strip() == "*" or etag.removeprefix("W/") in offered


def _json(document: Wire) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
