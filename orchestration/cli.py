"""The ``creditpark`` command.

Exit codes: 0 done; 1 failed, the old release still serves; 2 wrong usage or settings;
3 done, but a source is missing; 4 another run holds the home.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from orchestration.backup_commands import add_backup_commands
from orchestration.bank_commands import add_bank_commands
from orchestration.commands import add_commands
from orchestration.errors import USAGE, guarded
from orchestration.measure_commands import add_measure_commands
from orchestration.policy_commands import add_policy_commands
from orchestration.settings import Settings, SettingsError, load_settings
from publish.typesetting import FontError, embed


class Context:
    """What every command is given: settings, and where to print."""

    def __init__(self) -> None:
        self.console = Console()
        self.settings: Settings = load_settings()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path), help="Where all state lives.")
@click.version_option(package_name="creditpark")
@click.pass_context
def main(ctx: click.Context, home: Path | None) -> None:
    """Credit Park 信用园区: enterprise credit files, grades and lawful disclosure."""
    try:
        ctx.obj = Context()
        _embed(ctx.obj.settings.pdf_font)
    except (SettingsError, FontError) as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(USAGE)
    if home:
        ctx.obj.settings = ctx.obj.settings.model_copy(update={"home": home.absolute()})


def _embed(font: Path | None) -> None:
    """PDFs of this command embed a font; serving processes are made from this one."""
    if font:
        embed(font)


@main.command()
@click.option(
    "--sources",
    type=click.Path(path_type=Path, exists=True),
    help="Source configuration; the sandbox by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_obj
@guarded
def run(obj: Context, sources: Path | None, as_json: bool) -> None:
    """Pull, validate, grade and publish everything that is due today."""
    from orchestration.main_job import run_main_job  # noqa: PLC0415

    settings = obj.settings
    if sources:
        settings = settings.model_copy(update={"sources": sources.absolute()})
    sys.exit(run_main_job(settings, obj.console, as_json=as_json))


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--workers", type=int, help="Processes on the one port.")
@click.pass_obj
@guarded
def serve(
    obj: Context, host: str | None, port: int | None, workers: int | None
) -> None:
    """Serve the public site and the API."""
    from publish.serving.observing import Place, Tls  # noqa: PLC0415
    from publish.serving.server import serve as serve_site  # noqa: PLC0415

    settings, place, tls = obj.settings, None, None
    if settings.metrics_port:
        place = Place(settings.metrics_host, settings.metrics_port)
    if settings.tls_certificate and settings.tls_key:
        tls = Tls(settings.tls_certificate, settings.tls_key)
    serve_site(
        settings.home,
        settings.clock,
        host=host or settings.host,
        port=settings.port if port is None else port,
        registry_url=settings.registry,
        webhook_networks=settings.webhook_networks.split(),
        workers=workers or settings.workers,
        public_sql=settings.public_sql,
        trusted_proxies=settings.trusted_proxies,
        metrics=place,
        log_form=settings.log_form,
        tls=tls,
    )


@main.command()
@click.option("--port", default=8010, show_default=True, help="Port to listen on.")
@click.option(
    "--faults",
    default="",
    metavar="PLACE=KIND,…",
    help="Bad days: market/penalties=reset, tax=429, certificate (docs/faults.md).",
)
@click.pass_obj
@guarded
def sandbox(obj: Context, port: int, faults: str) -> None:
    """Simulate the four agencies with invented enterprises."""
    from sandbox import UnknownFaultError, parsed  # noqa: PLC0415
    from sandbox import serve as serve_sandbox  # noqa: PLC0415

    settings = obj.settings
    try:
        wanted = parsed(faults)
    except UnknownFaultError as error:
        raise click.BadParameter(str(error), param_hint="--faults") from error
    obj.console.print(
        f"Agencies on http://127.0.0.1:{port}, files in {settings.drop_folder}"
    )
    serve_sandbox(
        port=port,
        today=settings.clock.today(),
        seed=settings.sandbox_seed,
        enterprises=settings.sandbox_enterprises,
        drop_folder=settings.drop_folder,
        faults=wanted,
    )


@main.command()
@click.pass_obj
@guarded
def dagster(obj: Context) -> None:
    """Open Dagster's interface and daemon, with the sandbox where no agency is set."""
    from orchestration.console import run_dagster  # noqa: PLC0415

    sys.exit(run_dagster(obj.settings, obj.console))


add_commands(main)
add_policy_commands(main)
add_bank_commands(main)
add_measure_commands(main)
add_backup_commands(main)
