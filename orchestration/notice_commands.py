"""``creditpark notice``: letters to enterprises, and whether they left.

Not here: what is due (the pipeline says so), what a letter says (``publish.notices``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.letters import senders
from orchestration.printing import emit, json_option
from orchestration.registry import opened
from orchestration.settings import Settings
from publish.notices.outbox import (
    find_letter,
    list_deliveries,
    resolve,
    send_all,
    set_contact,
)
from publish.notices.pages import page
from publish.notices.pdf import pdf
from quality.contracts.codelists import code_list

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def notice() -> None:
    """Letters to enterprises."""


@notice.command("list")
@click.option("--state", help="Only deliveries in one state.")
@json_option
@click.pass_obj
@guarded
def notice_list(obj: Any, state: str | None, as_json: bool) -> None:
    """Every delivery: to whom, by which channel, how far it is."""
    registry = opened(obj.settings)
    rows = [
        {
            "notice": d.notice_id,
            "channel": d.channel,
            "to": d.address,
            "state": d.state,
            "tries": d.tries,
            "changed_at": d.changed_at,
            "next_at": d.next_at,
            "error": d.error,
        }
        for d in list_deliveries(registry, states=[state] if state else [])
    ]
    emit(
        obj.console,
        rows,
        as_json=as_json,
        empty="No letters: creditpark run makes them",
    )


@notice.command("show")
@click.argument("notice_id")
@click.option("--pdf", "pdf_file", type=FILE, help="Write it as PDF.")
@click.option("--html", "html_file", type=FILE, help="Write it as HTML.")
@click.pass_obj
@guarded
def notice_show(
    obj: Any, notice_id: str, pdf_file: Path | None, html_file: Path | None
) -> None:
    """A letter's words, or its files."""
    settings: Settings = obj.settings
    letter = find_letter(opened(settings), notice_id)
    invented = settings.uses_sandbox
    if pdf_file:
        pdf_file.write_bytes(pdf(letter, invented=invented))
    if html_file:
        html_file.write_text(page(letter, invented=invented), "utf-8")
    if not pdf_file and not html_file:
        click.echo(letter.text, nl=False)


@notice.command("send")
@click.pass_obj
@guarded
def notice_send(obj: Any) -> None:
    """Send what is due, each letter once by each channel, those to print too."""
    settings: Settings = obj.settings
    tried = send_all(
        opened(settings),
        settings.clock,
        senders(settings),
        invented=settings.uses_sandbox,
    )
    for outcome in tried:
        told = f": {outcome.error}" if outcome.error else ""
        click.echo(f"{outcome.notice_id} {outcome.channel} {outcome.state}{told}")
    if any(outcome.state != "sent" for outcome in tried):
        raise click.ClickException("not everything left: see creditpark notice list")


@notice.command("contact")
@click.argument("uscc")
@click.option(
    "--channel",
    type=click.Choice([*code_list("notice_channel")]),
    required=True,
    help="How letters travel.",
)
@click.option("--address", default="", help="Where to; empty forgets the channel.")
@click.pass_obj
@guarded
def notice_contact(obj: Any, uscc: str, channel: str, address: str) -> None:
    """Say where an enterprise wants its letters; by paper where nothing is said."""
    set_contact(opened(obj.settings), uscc, channel, address)
    click.echo(f"{uscc} {channel}: {address or 'forgotten'}")


@notice.command("resolve")
@click.argument("notice_id")
@click.argument("channel")
@click.option(
    "--sent/--again",
    default=None,
    required=True,
    help="It had left, or it is to be sent again.",
)
@click.pass_obj
@guarded
def notice_resolve(obj: Any, notice_id: str, channel: str, sent: bool) -> None:
    """Decide what nobody knows: a delivery whose process was killed."""
    settings: Settings = obj.settings
    registry = opened(settings)
    found = resolve(registry, settings.clock, notice_id, channel, sent=sent)
    click.echo(f"{found.notice_id} {found.channel} {found.state}")
