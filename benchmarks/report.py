"""The kept results as Markdown with charts, and as text for the terminal.

``docs/benchmarks/README.md`` is made from the results beside it; nothing in it is written
by hand but what ``changes.md`` and ``nation.md`` say. Not here: measuring.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import charts
from benchmarks.declared import BY_NAME, PRINTED, SCENARIOS, Scenario

Document = dict[str, Any]
STATIONS = (
    "landing", "records", "quality", "cases", "reference", "files", "guidance",
    "credit", "measures", "publication", "release",
)  # fmt: skip
HEAD = """# Benchmarks 性能

<!-- Made by `python -m benchmarks --runs 0` from results/; edit nothing here. -->

Every figure stands beside a baseline measured in the same run, in a child process of its
own; times are least / **median** / most of the runs. Ratios are of processor time, of
baseline and ours in one run. Repeat: `make bench-quick` (about three minutes) or
`make bench`. What was made faster, what was tried and dropped: [changes.md](changes.md).
How far this carries: [nation.md](nation.md).

每个数字都与同一次运行中测得的基线并列；时间为最小／**中位**／最大。
重复测量：`make bench-quick`。
"""


def write(folder: Path) -> None:
    """Write the report and its charts beside the results in ``folder``."""
    found = [
        json.loads(p.read_text("utf-8")) for p in (folder / "results").glob("*.json")
    ]
    parts = [HEAD]
    for scenario in SCENARIOS:
        of = [d for d in found if d["scenario"] == scenario.name]
        if of:
            parts += _section(scenario, sorted(of, key=lambda d: d["size"]), folder)
    (folder / "README.md").write_text("\n".join(parts), "utf-8")


def as_text(document: Document) -> str:
    """A result for the terminal."""
    lines = [f"{document['scenario']}, {document['size']:,}, {document['runs']} run(s)"]
    for name, step in document["steps"].items():
        if "text" in step:
            lines.append(step["text"].rstrip())
            continue
        ratio = step.get("processor_ratio", [0, 0, 0])[1]
        lines.append(
            f"  {name:40} {step['seconds'][1]:8.2f} s  {step['processor'][1]:8.2f} CPU-s"
            f"  {ratio:6.2f} x  {step['peak'][1]:6.0f} MiB"
        )
    return "\n".join(lines)


def _section(scenario: Scenario, found: Sequence[Document], folder: Path) -> list[str]:
    parts = [
        f"## {scenario.en} {scenario.zh}\n",
        f"Baseline: {scenario.baseline}. Aim: {scenario.aim}.\n",
    ]
    for document in found:
        parts.append(_heading(scenario, document))
        parts += _printed(document) or _measured(document)
    last = found[-1]
    if PRINTED not in last["steps"]:
        name = f"{scenario.name}.svg"
        (folder / name).write_text(_bars(scenario, last), "utf-8")
        parts.append(f"![{scenario.en}, {last['size']:,} {scenario.unit}]({name})\n")
    if scenario.name == "night":
        parts += _night(found, folder)
    return parts


def _heading(scenario: Scenario, document: Document) -> str:
    on = document["machine"]
    libraries = ", ".join(f"{n} {v}" for n, v in on["versions"].items())
    return (
        f"### {document['size']:,} {scenario.unit}\n\n"
        f"`{document['command']}`, {document['runs']} run(s), {on['day']}; "
        f"{on['processors']} × {on['processor']}, {on['memory_gib']} GiB, {on['system']}, "
        f"Python {on['python']}, SQLite {on['sqlite']}, {libraries}; "
        f"load before: {on['busy']}; peak of the process: {document['child_peak']} MiB.\n"
    )


def _printed(document: Document) -> list[str]:
    step = document["steps"].get(PRINTED)
    return [f"```text\n{step['text'].rstrip()}\n```\n"] if step else []


def _measured(document: Document) -> list[str]:
    lines = ["| step | seconds | processor s | ratio | peak MiB | written MB |"]
    lines.append("|---|---|---|---|---|---|")
    for name, step in document["steps"].items():
        ratio = step.get("processor_ratio")
        lines.append(
            f"| {name} | {_three(step['seconds'])} | {_three(step['processor'])} "
            f"| {_three(ratio) if ratio else '—'} | {step['peak'][1]:.0f} "
            f"| {step['written'][1] / 1e6:,.1f} |"
        )
    return ["\n".join(lines) + "\n"]


def _three(values: Sequence[float]) -> str:
    least, middle, most = (f"{v:,.2f}" for v in values)
    return f"{least} / **{middle}** / {most}"


def _bars(scenario: Scenario, document: Document) -> str:
    rows = [
        (name, step["processor"][1], _told(step))
        for name, step in document["steps"].items()
    ]
    title = f"{scenario.en}: processor seconds, {document['size']:,} {scenario.unit}"
    ours = frozenset(n for n in document["steps"] if n != scenario.baseline)
    if scenario.baseline == "ours":
        ours = frozenset({"ours"})
    return charts.bars(title, rows, ours)


def _told(step: Document) -> str:
    ratio = step.get("processor_ratio")
    return f"{step['processor'][1]:,.2f} s" + (f" · {ratio[1]:.2f}×" if ratio else "")


def _night(found: Sequence[Document], folder: Path) -> Iterator[str]:
    """Stations beside their floors, the dearest assets, growth."""
    night, floor = _parts(found[-1])
    yield f"#### Where the time goes, {found[-1]['size']:,} enterprises\n"
    titles = (
        "station | seconds | processor s | floor, processor s | peak MiB | written MB"
    )
    lines = [f"| {titles} |", "|---|---|---|---|---|---|"]
    for name in (s for s in STATIONS if s in night):
        cost, least = night[name], floor.get(name)
        lines.append(
            f"| {name} | {cost['seconds']:,.1f} | {cost['processor']:,.1f} "
            f"| {least['processor']:,.2f} | "
            if least
            else f"| {name} | {cost['seconds']:,.1f} | {cost['processor']:,.1f} | — | "
        )
        lines[-1] += f"{cost['peak']:,.0f} | {cost['written'] / 1e6:,.0f} |"
    yield "\n".join(lines) + "\n"
    assets = sorted(
        ((n, c) for n, c in night.items() if "/" in n), key=lambda p: -p[1]["processor"]
    )
    lines = ["| asset | seconds | processor s | peak MiB |", "|---|---|---|---|"]
    lines += [
        f"| {n} | {c['seconds']:,.1f} | {c['processor']:,.1f} | {c['peak']:,.0f} |"
        for n, c in assets[:15]
    ]
    yield "The dearest assets:\n\n" + "\n".join(lines) + "\n"
    if len(found) > 1:
        yield from _growth(found, folder)


def _night_of(document: Document) -> Document:
    """What the night cost: the step that is not the floor."""
    floor = BY_NAME["night"].baseline
    (found,) = (step for name, step in document["steps"].items() if name != floor)
    return dict(found)


def _parts(document: Document) -> tuple[Document, Document]:
    """Stations and assets of the night; stations of the floor."""
    floor = document["steps"][BY_NAME["night"].baseline]["parts"]
    return _night_of(document)["parts"], floor


def _growth(found: Sequence[Document], folder: Path) -> Iterator[str]:
    sizes = [d["size"] for d in found]
    nights = [_night_of(d) for d in found]
    seconds = [night["processor"][1] for night in nights]
    peaks = [night["peak"][1] / 1024 for night in nights]
    lines = {
        "processor seconds": [*zip(sizes, seconds, strict=True)],
        "peak GiB": [*zip(sizes, peaks, strict=True)],
    }
    title = "The night grows: processor seconds and GiB"
    svg = charts.growth(title, lines, "enterprises")
    (folder / "growth.svg").write_text(svg, "utf-8")
    last = {name: charts.exponent(line[-2:]) for name, line in lines.items()}
    yield "#### Growth\n"
    yield "![Growth of the night over the number of enterprises](growth.svg)\n"
    told = ", ".join(f"{name} N^{value:.2f}" for name, value in last.items())
    yield f"Between the two largest sizes: {told}. A linear night has an exponent of 1.\n"
