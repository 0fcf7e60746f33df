"""Routes without a key: status, code lists, the description, public signing keys, tokens.

Not here: whether the process lives (``/healthz``, ``/readyz``).
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from functools import cache
from urllib.parse import parse_qs

from publish.access.keys import Scope
from publish.access.refusals import Refused
from publish.access.tokens import Token, parse_token
from publish.access.vouchers import LIFE
from publish.api import facts
from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.serving.mount import Mounted
from quality.contracts.codelists import code_list, names

PEM = "application/x-pem-file"


async def status(call: Call) -> Reply:
    """``GET /status``: creation, age in whole seconds, and one entry per dataset."""
    created = call.release.facts.get("created")
    sources = await call.public(facts.read_all, "sources")
    lasting = {"created_at": created, "sources": sources}
    age = {"age_seconds": _age(call.release, created)}
    return Reply({"created_at": created, **age, "sources": sources}, tag_of=lasting)


def _age(release: Mounted, created: str | None) -> int | None:
    if created is None:
        return None
    age = release.clock.now() - datetime.fromisoformat(created)
    return max(int(age.total_seconds()), 0)


async def enumerations(call: Call) -> Reply:  # noqa: ARG001  every handler takes it
    """``GET /enumerations``: every code list with its labels."""
    return Reply(_lists())


@cache
def _lists() -> Wire:
    return {
        name: {m.code: {"zh": m.zh, "en": m.en} for m in code_list(name).values()}
        for name in names()
    }


async def jwks(call: Call) -> Reply:
    """``GET /.well-known/jwks.json``."""
    return Reply(call.services.signer.public())


async def signing_key(call: Call) -> Reply:
    """``GET /.well-known/keys/{kid}``: one public key as ``openssl`` reads it."""
    wanted = call.values["kid"]
    known = call.services.signer.keys()
    key = next((k for k in known if k.kid == wanted), None)
    if key is None:
        raise problem("unknown_signing_key", kid=wanted)
    return Reply({}, raw=key.pair.as_pem(private=False), media=PEM)


async def token(call: Call) -> Reply:
    """``POST /oauth/token``: the client-credentials grant (RFC 6749, 4.4).

    The client is a key: ``client_id`` its prefix, ``client_secret`` its secret.
    """
    fields = _fields(call)
    if fields.get("grant_type") != "client_credentials":
        raise problem("invalid_body", reason="/grant_type: write client_credentials")
    given = _client(call, fields)
    if given is None:
        raise problem("invalid_client")
    try:
        key = await call.services.door.prove(given, call.address)
    except Refused as refused:
        if refused.code == "key_invalid":
            raise problem("invalid_client") from refused
        raise
    wanted = fields.get("scope", "").split() or [s.value for s in Scope]
    scopes = frozenset(wanted) & key.scopes
    data = {
        "access_token": call.services.vouchers.issue(key, scopes),
        "token_type": "Bearer",
        "scope": " ".join(sorted(scopes)),
        "expires_in": int(LIFE.total_seconds()),
    }
    return Reply(data, headers={"Cache-Control": "no-store"})


def _fields(call: Call) -> dict[str, str]:
    try:
        text = call.body.decode("ascii")
        found = parse_qs(text, strict_parsing=True, max_num_fields=10)
    except ValueError as error:
        raise problem("invalid_body", reason="/: no form fields") from error
    return {name: values[0] for name, values in found.items()}


def _client(call: Call, fields: dict[str, str]) -> Token | None:
    """The client's key: from the form, or from HTTP Basic."""
    prefix, secret = fields.get("client_id"), fields.get("client_secret")
    scheme, _, coded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(coded.strip(), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            return None
        prefix, _, secret = plain.partition(":")
    return parse_token(f"cpk_{prefix}.{secret}")
