"""Documents of settings, the bank interface and the policy, written from what they are.

``python -m orchestration.documents`` writes it into ``docs/``; with ``--check`` it says
whether it is out of date and ends with 1. Not here: documents that derive from contracts
(``quality.contracts.documents``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from assets.credit.card import described
from assets.credit.loading import load_policy
from assets.credit.schema import schema_text
from orchestration import asvs, personal_data, reference
from orchestration.settings import FILE, POLICY, PREFIX, Settings
from publish.api import collection
from publish.api.openapi import written
from publish.api.routes import OPERATIONS
from quality.generated import note

ROOT = Path(__file__).parents[1]
COMMAND = "python -m orchestration.documents"
SCHEMA = "assets/credit/policies/policy.schema.json"
SHIPPED = POLICY / "zibo-gaoxin-2026.yaml"
UNSET = "—"
INTRODUCTION = f"""\
# 运行设置 Settings

{note(COMMAND)}

Every setting is an environment variable. The same setting may stand in `{FILE}` in the
folder the command is started from, under the name in the second column; the variable
wins. A wrong value or an unknown name in the file ends every command with exit code 2.
"""
AFTERWORD = f"""\
Beside these, a source configuration may name any other variable that starts with
`{PREFIX}` as `${{{PREFIX}…}}`: that is where keys of agencies belong
(see [sources.md](sources.md)). Such variables come from the environment alone.
"""


def documents() -> dict[str, str]:
    """Every document by its path from the root of the repository."""
    table = "\n".join(_table())
    return {
        SCHEMA: schema_text(),
        "docs/model-card.md": described(load_policy(SHIPPED)),
        "docs/settings.md": f"{INTRODUCTION}\n{table}\n\n{AFTERWORD}",
        "docs/personal-data.md": personal_data.document(COMMAND),
        "docs/asvs.md": asvs.document(COMMAND),
        "docs/commands.md": reference.command_document(COMMAND),
        "docs/errors.md": reference.error_document(COMMAND),
        "docs/openapi.json": written(OPERATIONS),
        "docs/postman.json": collection.written(OPERATIONS),
    }


def _table() -> Iterator[str]:
    yield "| Variable | In the file | Meaning | Default |"
    yield "|---|---|---|---|"
    for name, field in Settings.model_fields.items():
        meaning = field.description or ""
        default = _written(field.default)
        yield f"| `{PREFIX}{name.upper()}` | `{name}` | {meaning} | {default} |"


def _written(default: Any) -> str:
    """A default as a reader would write it; places inside the repository by name."""
    if default is None:
        return UNSET
    if isinstance(default, Path) and default.is_relative_to(ROOT):
        default = default.relative_to(ROOT).as_posix()
    return f"`{default}`"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if anything is stale.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The root of the repository.",
)
def main(*, check: bool, root: Path) -> None:
    """Write the documents that derive from settings, routes and the policy."""
    stale = {n: text for n, text in documents().items() if _read(root / n) != text}
    for name, text in stale.items():
        if not check:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        click.echo(f"{name}: {'out of date' if check else 'written'}")
    if check and stale:
        click.echo(f"run: {COMMAND}", err=True)
        sys.exit(1)


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


if __name__ == "__main__":
    main()
