"""The bank interface as an ASGI application: let in, read, answer, record.

It stands beside Datasette, not inside: an answer must have its audit row on disk before
it leaves, thousands of times a second. Not here: the routes (``routes``).
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Iterable
from contextlib import nullcontext
from functools import lru_cache
from urllib.parse import unquote

from sqlalchemy.exc import SQLAlchemyError

from publish.access.admission import Need
from publish.access.audit import Entry, new_receipt
from publish.access.door import Expected
from publish.access.letting_in import Admission
from publish.access.refusals import Refused
from publish.access.visits import Visit
from publish.api import answers, repeats
from publish.api.answers import Answer
from publish.api.call import Call, Reply, Services
from publish.api.errands import Errands
from publish.api.operation import VERSION, Operation, Wire
from publish.api.problems import Problem, problem
from publish.api.reading import body_of, media_type, values_of
from publish.api.routes import OPERATIONS
from publish.serving.asgi import Receive, Scope, Send, pairs
from publish.serving.compress import accepts_gzip, packed, worth_packing
from publish.serving.logs import Own
from publish.serving.meters import NO_KEY, REFUSED, seen
from publish.serving.mount import Mounted, NoReleaseError

log = logging.getLogger(__name__)

RECORD = "record"
FORBIDDEN = 403
_FIRST = 3  # of the words of ``/api/v1/enterprises``, where the version is the second


def _place(path: str) -> tuple[str, int]:
    words = path.split("/")
    versioned = len(words) > _FIRST and path.startswith(VERSION)
    return (words[_FIRST] if versioned else "", len(words))


# Routes by the first word of their path and how many words it has.
Routes = list[tuple[re.Pattern[str], dict[str, Operation]]]
ROUTES: dict[tuple[str, int], Routes] = {}
for _operation in OPERATIONS:
    _routes = ROUTES.setdefault(_place(_operation.where), [])
    _same = [m for p, m in _routes if p.pattern == _operation.pattern.pattern]
    if not _same:
        _same = [{}]
        _routes.append((_operation.pattern, _same[0]))
    _same[0][_operation.method] = _operation


def is_ours(scope: Scope) -> bool:
    """Whether a request belongs to the bank interface."""
    path = str(scope.get("path", ""))
    return path == "/api" or path.startswith(("/api/", "/.well-known/"))


class BankApi:
    """Answers every request below ``/api`` and ``/.well-known``.

    Args:
        services: what handlers work with.
        errands: what is done between requests.
    """

    def __init__(self, services: Services, errands: Errands) -> None:
        self.services = services
        self.errands = errands

    def close(self) -> None:
        """Stop the errands, finish what the desk holds."""
        self.errands.close()
        self.services.desk.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one HTTP request."""
        self.errands.start()
        mount = self.services.mount
        release = mount.at_hand() or await mount.refresh()
        with mount.pinned(release) if release else nullcontext():
            answer = await self._answer(scope, receive)
        body, headers = answer.body, {**answer.headers}
        headers["Vary"] = "Accept, Accept-Encoding"
        if worth_packing(body, headers["Content-Type"]) and accepts_gzip(scope):
            body, headers["Content-Encoding"] = packed(body), "gzip"
        if answer.status != answers.NOT_MODIFIED:
            headers["Content-Length"] = str(len(body))
        start = {"type": "http.response.start", "status": answer.status}
        await send({**start, "headers": pairs(headers.items())})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        request_id, limits = str(scope.get("request_id", "")), dict[str, str]()
        try:
            operation, path = _found(scope)
            noted = seen(scope)
            noted.route = operation.where
            noted.key = REFUSED if operation.scope else NO_KEY
            return await self._served(operation, path, scope, receive, limits)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # told as a problem, logged if ours
            told = _problem(error, request_id)
            return answers.problem_answer(told, request_id, self._release(), limits)

    def _release(self) -> str | None:
        release = self.services.mount.seen()
        return release.release_id if release else None

    async def _served(
        self,
        operation: Operation,
        path: dict[str, str],
        scope: Scope,
        receive: Receive,
        limits: dict[str, str],
    ) -> Answer:
        call = _call(self.services, operation, scope, self.services.mount.seen())
        values = _tried(operation, path, scope.get("query_string", b""), call.headers)
        if not isinstance(values, Problem):
            # Every word of the path is known or was read: no line of the log need look.
            scope["path"] = Own(scope["path"])
            if (answer := await self._at_once(call, values, limits, scope)) is not None:
                return answer
        call.admission = await self._admitted(call, values)
        if call.admission is not None:
            limits.update(call.admission.allowance.headers())
            _note_key(scope, call)
        if isinstance(values, Problem):
            raise values
        call.values = values
        if operation.method == "POST":
            await _with_body(call, receive)
        try:
            if needs := _needs(operation, values):
                call_admission(call).require(needs)
            reply = await repeats.once(call, _handled)
        except Refused as refused:
            await self._record_refusal(call, refused)
            raise
        return await self._recorded(call, reply)

    async def _at_once(
        self, call: Call, values: Wire, limits: dict[str, str], scope: Scope
    ) -> Answer | None:
        """The answer to whose key was let in lately: one transaction does it all.

        ``None`` where there is anything out of the ordinary: then the desk is asked
        whether to let it in, and again to write it down.
        """
        expected = self._expected(call, values)
        if expected is None:
            return None
        call.values, call.admission = values, expected.admission
        desk = self.services.desk
        desk.coming += 1
        try:
            return await self._visited(call, expected, limits, scope)
        finally:
            desk.coming -= 1

    async def _visited(
        self, call: Call, expected: Expected, limits: dict[str, str], scope: Scope
    ) -> Answer | None:
        reading = _Reading(call, public=not expected.knock.needs)
        visit = Visit(
            *(expected.knock, reading.ahead, reading.entry),
            *(str(call.operation.scope), call.address, expected.scopes),
        )
        try:
            call.admission = await self.services.door.visit(visit)
        except Refused as refused:
            if refused.item is None:
                return None
            _note_key(scope, call)
            limits.update(refused.allowance.headers() if refused.allowance else {})
            await self._record_refusal(call, refused)
            raise
        except Problem:
            _note_key(scope, call)
            limits.update(call_admission(call).allowance.headers())
            raise
        _note_key(scope, call)
        return reading.answer()

    def _expected(self, call: Call, values: Wire) -> Expected | None:
        operation = call.operation
        if not operation.quick or operation.scope is None:
            return None
        needs = _needs(operation, values)
        given = call.headers.get("authorization")
        scope = operation.scope.value
        return self.services.door.expected(given, scope, call.address, needs)

    async def _admitted(self, call: Call, values: Wire | Problem) -> Admission | None:
        if call.operation.scope is None:
            return None
        needs = () if isinstance(values, Problem) else _needs(call.operation, values)
        return await self.services.door.admit(
            call.headers.get("authorization"),
            call.operation.scope.value,
            call.address,
            needs,
        )

    async def _record_refusal(self, call: Call, refused: Refused) -> None:
        """The enterprise may see who asked in vain, too."""
        if refused.item is not None:
            asked = (refused.item,)
            reply = Reply({}, status=FORBIDDEN, uscc=refused.uscc, items=asked)
            await self.services.desk.ask(RECORD, _asked(call, reply, FORBIDDEN))

    async def _recorded(self, call: Call, reply: Reply) -> Answer:
        """The answer once its audit row is on disk."""
        sealed = answers.seal(call, reply)
        receipt = None
        if call.admission is not None:
            entry = _entry(call, sealed)
            await self.services.desk.ask(RECORD, entry)
            receipt = entry.receipt
        return answers.finished(call, sealed, receipt)


class _Reading:
    """What one quick call reads, in the desk's thread.

    Args:
        call: known, but not let in yet.
        public: whether it needs no authorisation, and may be read at once.
    """

    def __init__(self, call: Call, *, public: bool) -> None:
        self._call, self._public = call, public
        self._made: tuple[answers.Sealed, Entry] | Exception | None = None

    def ahead(self) -> None:
        """Read what is public; who is not let in never hears how that went."""
        if self._public and self._made is None:
            try:
                self._made = self._read()
            except Exception as error:
                self._made = error

    def entry(self, admission: Admission) -> Entry:
        """The audit row, once the call is let in; what is not public is read now."""
        self._call.admission = admission
        if not self._public:
            self._made = self._read()
        return self._found()[1]

    def answer(self) -> Answer:
        """The answer, once its audit row is on disk."""
        sealed, entry = self._found()
        return answers.finished(self._call, sealed, entry.receipt)

    def _found(self) -> tuple[answers.Sealed, Entry]:
        if self._made is None or isinstance(self._made, Exception):
            raise self._made or LookupError("nothing was read")
        return self._made

    def _read(self) -> tuple[answers.Sealed, Entry]:
        sealed = answers.seal(self._call, self._call.operation.handler(self._call))
        return sealed, _entry(self._call, sealed)


async def _handled(call: Call) -> Reply:
    found = call.operation.handler(call)
    return found if isinstance(found, Reply) else await found


def _note_key(scope: Scope, call: Call) -> None:
    """What kind of key asked, for the counters."""
    seen(scope).key = _class_of(call.key.scopes)


@lru_cache(maxsize=256)
def _class_of(scopes: frozenset[str]) -> str:
    return "+".join(sorted(scopes))


def call_admission(call: Call) -> Admission:
    """The admission of a keyed call."""
    if call.admission is None:
        raise LookupError(f"{call.operation.id} has no key")
    return call.admission


def _entry(call: Call, sealed: answers.Sealed) -> Entry:
    about = sealed.about
    return _asked(
        *(call, sealed.reply, sealed.status(call.operation)),
        release_id=about.get("release"),
        policy_id=about.get("policy"),
        evaluated_on=about.get("evaluated_on"),
        as_of=about.get("as_of"),
        etag=sealed.etag,
        result_sha256=sealed.sha256,
    )


def _asked(call: Call, reply: Reply, status: int, **answered: str | None) -> Entry:
    """Who asked for what and why, and what was answered."""
    key, granted = call.key, call_admission(call).granted
    return Entry(
        receipt=new_receipt(),
        at=call.services.clock.now(),
        holder=key.holder,
        bank=key.bank,
        key_prefix=key.prefix,
        operation=call.operation.id,
        request_id=call.request_id,
        status=status,
        purpose=call.values.get("Credit-Purpose"),
        uscc=reply.uscc,
        items=reply.items or _sorted(need.item for need, _ in granted),
        authorisations=_sorted(made for _, made in granted) if granted else (),
        subjects=_sorted(reply.subjects) if reply.subjects else (),
        **answered,
    )


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once."""
    return tuple(sorted({*words}))


def _needs(operation: Operation, values: Wire) -> tuple[Need, ...]:
    items = operation.needed(values)
    return tuple([Need(values["uscc"], item) for item in items])


def _call(
    services: Services, operation: Operation, scope: Scope, release: Mounted | None
) -> Call:
    client = scope.get("client") or ("unknown", 0)
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    base = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}"
    request_id = str(scope["request_id"])
    return Call(services, operation, request_id, headers, client[0], base, release)


def _found(scope: Scope) -> tuple[Operation, dict[str, str]]:
    raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    raw, method = raw.partition("?")[0], scope["method"]
    for pattern, methods in ROUTES.get(_place(raw), ()):
        if found := pattern.fullmatch(raw):
            if method in methods:
                return methods[method], {
                    k: unquote(v) for k, v in found.groupdict().items()
                }
            allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])
            headers = {"Allow": allowed}
            raise problem("method_not_allowed", headers=headers, allowed=allowed)
    raise problem("unknown_route")


def _tried(
    operation: Operation, path: dict[str, str], query: bytes, headers: dict[str, str]
) -> Wire | Problem:
    """The values, or what is wrong with them: told once the caller is let in."""
    try:
        return values_of(operation, path, query, headers)
    except Problem as found:
        return found


async def _with_body(call: Call, receive: Receive) -> None:
    operation = call.operation
    body = await _body(operation.largest, call.headers, receive)
    call.media = media_type(call.headers)
    if operation.body is not None or operation.body_media:
        call.body = body_of(operation, body, call.media)


async def _body(most: int, headers: dict[str, str], receive: Receive) -> bytes:
    """The whole body, never more of it in memory than allowed.

    Raises:
        Problem: ``too_large``.
    """
    told = headers.get("content-length", "")
    if told.isdigit() and int(told) > most:
        raise problem("too_large", bytes=most)
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise problem("malformed_json")
        body += message.get("body", b"")
        if len(body) > most:
            raise problem("too_large", bytes=most)
        more = bool(message.get("more_body"))
    return bytes(body)


def _problem(error: Exception, request_id: str) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return answers.problem_of(error)
    if isinstance(error, NoReleaseError):
        return problem("no_release", headers={"Retry-After": "10"})
    log.error("request %s failed", request_id, exc_info=error)
    if isinstance(error, sqlite3.OperationalError) and "no such" in str(error):
        return problem("release_outdated", headers={"Retry-After": "600"})
    if isinstance(error, SQLAlchemyError):
        return problem("registry_unavailable", headers={"Retry-After": "5"})
    return problem("internal_error")
