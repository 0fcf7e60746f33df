"""Answers over HTTP: the envelope with its hash and receipt, 304, JWS, problems.

Not here: what is answered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from publish.access.refusals import Refused
from publish.api.call import Call, Reply
from publish.api.operation import Operation, Wire
from publish.api.problems import CONTENT_TYPE, Problem, problem
from quality.contracts.codelists import label

JSON = "application/json; charset=utf-8"
JOSE = "application/jose"
ANSWER_KIND, REPORT_KIND = "credit-answer+jws", "credit-report+jws"
UNAUTHORISED, NOT_MODIFIED = 401, 304
RECEIPT, HASH, SIGNATURE = "Credit-Receipt", "Credit-Result-SHA256", "Credit-Signature"
ITEMS = "authorisation_item"


# Made once: ``json.dumps`` makes one for every call that is not its usual one.
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Answer(NamedTuple):
    """A finished HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Sealed(NamedTuple):
    """A reply with what names it.

    Attributes:
        text: the canonical JSON of its data: hashed, and sent as it is.
        sha256: of ``text``.
        about: the release it was read from.
        known: whether the caller has this very answer already.
    """

    reply: Reply
    text: bytes
    sha256: str
    etag: str
    about: Wire
    known: bool

    def status(self, operation: Operation) -> int:
        """Of the HTTP answer."""
        return NOT_MODIFIED if self.known else self.reply.status or operation.status


def canonical(data: Wire | str) -> bytes:
    """The JSON that is hashed: keys sorted, no blanks, UTF-8 (RFC 8785 for our values)."""
    return _CANONICAL.encode(data).encode()


def compact(document: Wire) -> bytes:
    """A document as it is sent."""
    return _COMPACT.encode(document).encode()


def seal(call: Call, reply: Reply) -> Sealed:
    """The reply with its hash, and the release it was read from."""
    about = _about(call) if call.operation.enveloped else {}
    text = canonical(reply.data) if reply.text is None else reply.text
    digest = tagged = hashlib.sha256(text).hexdigest()
    if reply.tag_of is not None:
        tagged = hashlib.sha256(canonical(reply.tag_of)).hexdigest()
    if reply.raw is not None:
        tagged = hashlib.sha256(reply.raw).hexdigest()
    etag = f'W/"{about.get("release", "-")}.{tagged[:32]}"'
    return Sealed(reply, text, digest, etag, about, _known(call, etag))


def _about(call: Call) -> Wire:
    release = call.release
    told = (release.facts.get("policy_id"), release.facts.get("today"))
    return _members(release.release_id, *told, release.today().isoformat())


def _members(
    release: str, policy: str | None, evaluated_on: str | None, as_of: str
) -> Wire:
    return {
        "release": release,
        "policy": policy,
        "evaluated_on": evaluated_on,
        "as_of": as_of,
    }


def _known(call: Call, etag: str) -> bool:
    given = call.headers.get("if-none-match")
    if given is None or call.operation.method != "GET":
        return False
    offered = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return given.strip() == "*" or etag.removeprefix("W/") in offered


def finished(call: Call, sealed: Sealed, receipt: str | None) -> Answer:
    """The answer, or 304 where the caller has it already."""
    reply, status = sealed.reply, sealed.status(call.operation)
    headers = {
        "Content-Type": reply.media,
        **_limits(call),
        "ETag": sealed.etag,
        "Cache-Control": "private, no-cache" if call.admission else "no-cache",
        HASH: sealed.sha256,
        **({RECEIPT: receipt} if receipt else {}),
        **reply.headers,
    }
    if sealed.known:
        return Answer(status, headers, b"")
    if reply.raw is not None:
        vouched = _vouched(call, sealed, receipt, reply.raw)
        return Answer(status, {**headers, **vouched}, reply.raw)
    if not call.operation.enveloped:
        return Answer(status, headers, sealed.text)
    body = enveloped(sealed, receipt)
    if receipt and wants(call, JOSE):
        signed = call.services.signer.sign(body, ANSWER_KIND)
        return Answer(status, {**headers, "Content-Type": JOSE}, signed.encode())
    return Answer(status, {**headers, **_vouched(call, sealed, receipt, body)}, body)


def enveloped(sealed: Sealed, receipt: str | None) -> bytes:
    """The body: what names the answer, then the very bytes that were hashed."""
    head = _head(*sealed.about.values())
    named = f'"receipt":"{receipt}","result_sha256":"{sealed.sha256}",'
    return b'%b%b"data":%b}' % (head, named.encode() if receipt else b"", sealed.text)


@lru_cache(maxsize=64)
def _head(
    release: str, policy: str | None, evaluated_on: str | None, as_of: str
) -> bytes:
    """The beginning of every answer of a release and day."""
    about = _members(release, policy, evaluated_on, as_of)
    return compact(about)[:-1] + b","


def _vouched(
    call: Call, sealed: Sealed, receipt: str | None, body: bytes
) -> dict[str, str]:
    """A signature over the bytes of a report, as a header."""
    if not sealed.reply.signed:
        return {}
    claims = {
        "iat": int(call.services.clock.now().timestamp()),
        "release": sealed.about.get("release"),
        "receipt": receipt,
        "result_sha256": sealed.sha256,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return {
        SIGNATURE: call.services.signer.sign(json.dumps(claims).encode(), REPORT_KIND)
    }


def wants(call: Call, media: str) -> bool:
    """Whether the caller names a medium in ``Accept``, unlike ``*/*``."""
    given = call.headers.get("accept", "").lower()
    if media not in given:
        return False
    return media in {offer.partition(";")[0].strip() for offer in given.split(",")}


def _limits(call: Call) -> dict[str, str]:
    return call.admission.allowance.headers() if call.admission else {}


def problem_answer(
    found: Problem, request_id: str, release: str | None, limits: Mapping[str, str]
) -> Answer:
    """A problem; it names the release and the request."""
    more = {"request_id": request_id, **({"release": release} if release else {})}
    headers = {**limits, **found.headers, "Content-Type": CONTENT_TYPE}
    headers["Cache-Control"] = "private, no-store"
    if found.kind.status == UNAUTHORISED:
        error = "" if found.kind.code == "key_missing" else ', error="invalid_token"'
        headers["WWW-Authenticate"] = f'Bearer realm="creditpark"{error}'
    return Answer(found.kind.status, headers, compact({**found.document(), **more}))


def problem_of(refused: Refused) -> Problem:
    """What to tell whom the door refused."""
    allowance = refused.allowance
    code = refused.code
    if code == "authorisation_missing" and refused.key and not refused.key.bank_uscc:
        code = "bank_unnamed"
    found = problem(
        code,
        headers=allowance.headers() if allowance else None,
        prefix=refused.key.prefix if refused.key else "",
        scope=refused.scope or "",
        item=label(ITEMS, refused.item),
        seconds=allowance.retry_after if allowance else 0,
    )
    return found.told(item=refused.item) if refused.item else found
