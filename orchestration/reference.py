"""The reference of commands and of errors, as documents, written from what they are.

Not here: settings, routes and policy (``orchestration.documents``, which calls this);
contracts (``quality.contracts.documents``).
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from orchestration import errors
from orchestration.cli import main
from publish.api.problems import KINDS
from publish.release.gates import GATES
from quality.generated import note

NAME = "creditpark"
EXITS = {
    0: ("完成", "done", "—"),
    errors.FAILED: (
        "失败，原版本继续服务",
        "failed; the old release still serves",
        "read the last line; faults.md",
    ),
    errors.USAGE: (
        "用法或设置有误，未做任何事",
        "wrong usage or settings; nothing was done",
        "`--help`, settings.md",
    ),
    errors.INCOMPLETE: (
        "完成，但缺少数据源",
        "done, but a source is missing",
        "nothing: its days are asked for again next time",
    ),
    errors.BUSY: (
        "另一次运行正在进行",
        "another run holds the home",
        "wait; the lock goes when that process ends",
    ),
}


def command_document(made_by: str) -> str:
    """Every command with its arguments and options."""
    return "\n".join(_commands(made_by)) + "\n"


def error_document(made_by: str) -> str:
    """Exit codes, problems of the bank interface, gates."""
    return "\n".join(_errors(made_by)) + "\n"


def _commands(made_by: str) -> Iterator[str]:
    yield from ("# 命令 Commands", "")
    yield from (note(made_by), "")
    yield "Installed as `.venv/bin/creditpark`; `--home PATH`, before the command, says"
    yield "where all state lives. What each exit code means: [errors.md](errors.md)."
    for name, command in sorted(_walk(main, NAME)):
        if not isinstance(command, click.Group):
            yield from _command(name, command)


def _walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for word, child in command.commands.items():
            yield from _walk(child, f"{name} {word}")


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield from ("", f"## `{name}`", "", f"```text\n{name} {usage}\n```", "")
    yield " ".join((command.help or "").split())
    options = [p for p in command.params if isinstance(p, click.Option)]
    if options:
        yield from ("", "| option | means |", "|---|---|")
        yield from (_option(option, context) for option in options)


def _option(option: click.Option, context: click.Context) -> str:
    written, meaning = option.get_help_record(context) or ("", "")
    meaning = " ".join(meaning.replace("[required]", "**required**").split())
    cells = (f"`{written}`", meaning)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _errors(made_by: str) -> Iterator[str]:
    yield from ("# 错误代码 Error codes", "")
    yield from (note(made_by), "")
    yield "What an operator sees in words is in [faults.md](faults.md)."
    yield from (
        "",
        "## 退出码 Exit codes",
        "",
        "| code | 含义 | meaning | do |",
        "|---|---|---|---|",
    )
    yield from (
        f"| {code} | {zh} | {en} | {do} |" for code, (zh, en, do) in EXITS.items()
    )
    yield from ("", "## 接口问题 Problems of the bank interface", "")
    yield from (
        "| code | status | 名称 | title | 说明 | detail |",
        "|---|---|---|---|---|---|",
    )
    for code, kind in KINDS.items():
        yield (
            f"| `{code}` | {kind.status} | {kind.title} | {kind.title_en}"
            f" | {kind.detail} | {kind.detail_en} |"
        )
    yield from (
        "",
        "## 发布关口 Gates of a release",
        "",
        "| gate | asks that |",
        "|---|---|",
    )
    for name, gate in GATES.items():
        told = (gate.__doc__ or "").strip().splitlines()[0]
        yield f"| `{name}` | {told} |"
