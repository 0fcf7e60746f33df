"""Commands about banks: keys, signing keys, the audit log.

Not here: what the rules are (``publish.access``).
"""

from __future__ import annotations

import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.printing import emit, json_option
from orchestration.registry import opened
from publish.access import audit, keys, signing
from publish.registry.engine import open_registry, sqlite_url

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def key() -> None:
    """Keys of banks and other readers of the API."""


@key.command("create")
@click.option("--bank", required=True, help="Who will hold the key.")
@click.option("--bank-uscc", help="Its USCC; authorisations name banks by it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=["facts"],
    show_default=True,
    help=f"What it may do: {', '.join(s.value for s in keys.Scope)}; may be repeated.",
)
@click.option("--expires", type=DAY, help="Last good day.")
@click.option(
    "--network",
    "networks",
    multiple=True,
    help="Where it may be used from, CIDR; may be repeated; anywhere if absent.",
)
@click.option(
    "--per-minute",
    default=keys.DEFAULT_REQUESTS_PER_MINUTE,
    show_default=True,
    help="Requests a minute.",
)
@click.option(
    "--per-day",
    default=keys.DEFAULT_REQUESTS_PER_DAY,
    show_default=True,
    help="Requests a day.",
)
@click.pass_obj
@guarded
def key_create(
    obj: Any,
    *,
    bank: str,
    bank_uscc: str | None,
    scopes: tuple[str, ...],
    expires: datetime | None,
    networks: tuple[str, ...],
    per_minute: int,
    per_day: int,
) -> None:
    """Make a key; its token is shown this once."""
    made = keys.create_key(
        opened(obj.settings),
        obj.settings.clock,
        bank=bank,
        bank_uscc=bank_uscc,
        scopes=scopes,
        expires_on=expires.date() if expires else None,
        networks_allowed=networks,
        requests_per_minute=per_minute,
        requests_per_day=per_day,
    )
    click.echo(made.token.text)


@key.command("list")
@json_option
@click.pass_obj
@guarded
def key_list(obj: Any, as_json: bool) -> None:
    """Every key, without its secret."""
    now = obj.settings.clock.now()
    rows = [
        {
            "prefix": k.prefix,
            "bank": k.bank,
            "bank_uscc": k.bank_uscc,
            "scopes": " ".join(sorted(k.scopes)),
            "networks": " ".join(map(str, k.networks)),
            "state": k.state(now),
            "expires_at": k.expires_at,
            "last_used_at": k.last_used_at,
            "replaced_by": k.replaced_by,
        }
        for k in keys.list_keys(opened(obj.settings))
    ]
    emit(obj.console, rows, as_json=as_json, empty="No keys yet: creditpark key create")


@key.command("rotate")
@click.argument("prefix")
@click.option(
    "--overlap", default=7, show_default=True, help="Days the old key stays good."
)
@click.pass_obj
@guarded
def key_rotate(obj: Any, prefix: str, overlap: int) -> None:
    """Make a key's successor with the same rights; both are good for a while."""
    registry = opened(obj.settings)
    days = timedelta(days=overlap)
    made = keys.rotate_key(registry, obj.settings.clock, prefix, days)
    click.echo(made.token.text)


@key.command("revoke")
@click.argument("prefix")
@click.pass_obj
@guarded
def key_revoke(obj: Any, prefix: str) -> None:
    """Refuse a key from this moment on."""
    registry = opened(obj.settings)
    gone = keys.revoke_key(registry, obj.settings.clock, prefix)
    click.echo(f"{gone.prefix} ({gone.bank}) is revoked")


@click.group("signing")
def signing_keys() -> None:
    """Keys that sign answers, reports and notices."""


@signing_keys.command("list")
@json_option
@click.pass_obj
@guarded
def signing_list(obj: Any, as_json: bool) -> None:
    """Every signing key; the first signs, all of them verify."""
    folder, clock = obj.settings.signing, obj.settings.clock
    rows = [
        {"kid": k.kid, "algorithm": k.algorithm.value, "created_at": k.created_at}
        for k in signing.list_signing_keys(folder, clock)
    ]
    emit(obj.console, rows, as_json=as_json, empty="None yet")


@signing_keys.command("rotate")
@click.option(
    "--algorithm",
    type=click.Choice([a.value for a in signing.Algorithm]),
    default=signing.Algorithm.ES256.value,
    show_default=True,
    help="How the new key signs.",
)
@click.pass_obj
@guarded
def signing_rotate(obj: Any, algorithm: str) -> None:
    """Make the key that signs from now on; older ones go on verifying."""
    folder, clock = obj.settings.signing, obj.settings.clock
    made = signing.rotate(folder, clock, signing.Algorithm(algorithm))
    click.echo(made.kid)


@click.group("audit")
def audit_log() -> None:
    """The log of who looked at what."""


@audit_log.command("export")
@click.option("--since", type=DAY, required=True, help="First day.")
@click.option("--until", type=DAY, required=True, help="Last day.")
@click.pass_obj
@guarded
def audit_export(obj: Any, since: datetime, until: datetime) -> None:
    """Every entry of a period, one JSON object a line, in the order of the chain."""
    registry = opened(obj.settings)
    for row in audit.export(registry, since.date(), until.date()):
        click.echo(json.dumps(audit.plain(row), ensure_ascii=False))


@audit_log.command("verify")
@click.pass_obj
@guarded
def audit_verify(obj: Any) -> None:
    """Walk the chain of hashes; exit 1 where it does not hold."""
    count, broken = audit.verify(opened(obj.settings))
    for place in broken:
        click.echo(f"{place.number}: {place.reason}")
    if broken:
        raise click.ClickException(f"{len(broken)} faults in {count} entries")
    click.echo(f"{count} entries, the chain holds")


@audit_log.command("lookers")
@click.argument("uscc")
@json_option
@click.pass_obj
@guarded
def audit_lookers(obj: Any, uscc: str, as_json: bool) -> None:
    """Who looked at an enterprise's file: what the enterprise may see."""
    registry = opened(obj.settings)
    rows = [audit.plain(row) for row in audit.lookers(registry, uscc)]
    emit(obj.console, rows, as_json=as_json, empty="Nobody looked")


@click.command()
@click.option("--port", default=8002, show_default=True, help="Port to listen on.")
@click.pass_obj
@guarded
def mock(obj: Any, port: int) -> None:
    """Serve the bank interface on invented enterprises, for a bank's own tests."""
    from publish.api import mock as world  # noqa: PLC0415
    from publish.serving.server import serve  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="creditpark-mock-") as folder:
        home, clock = Path(folder), obj.settings.clock
        url = sqlite_url(home / "registry.db")
        registry = open_registry(url)
        world.furnish(home, registry, clock)
        registry.dispose()
        click.echo(f"API http://127.0.0.1:{port}/api/v1/docs")
        keys_given = {world.BANK: world.TOKEN, world.OTHER_BANK: world.OTHER_TOKEN}
        for bank, token in keys_given.items():
            click.echo(f"bank {bank}  key {token.text}")
        for uscc, (name, case) in world.CASES.items():
            click.echo(f"{uscc}  {name}: {case}")
        serve(home, clock, host="127.0.0.1", port=port, registry_url=url)


def add_bank_commands(main: click.Group) -> None:
    """Hang everything here under ``creditpark``."""
    for command in (key, signing_keys, audit_log, mock):
        main.add_command(command)
