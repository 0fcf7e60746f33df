"""Download of the release's own files, without rows whose publicity is over."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from datasette import NotFound, Response
from datasette.utils.asgi import AsgiFileDownload, AsgiStream

from publish.site.offered import File, files_of
from publish.site.visit import Visit, visit_of
from quality.contracts.publication import TIME_LIMIT

CONFLICT = 409
ROWS_AT_ONCE = 2_000
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "db": "application/vnd.sqlite3",
}


async def download(datasette: Any, request: Any) -> Any:
    """``/data/files/{name}``; only names of the manifest lead anywhere."""
    v = await visit_of(datasette, request)
    file = files_of(v.facts).get(v.part("name"))
    if file is None:
        raise NotFound(v.say("missing.page"))
    if file.withdrawn:
        return _withdrawn(v)
    return _cleaned(v, file) if file.cleaned else _whole(v, file)


def _withdrawn(v: Visit) -> Response:
    return v.page(
        "notice.html",
        status=CONFLICT,
        heading=v.say("data.title"),
        message=v.say("data.withdrawn"),
        code=CONFLICT,
    )


def _headers(v: Visit, file: File) -> dict[str, str]:
    name = file.path.rpartition("/")[2]
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
        "x-credit-park-release": v.facts.release.release_id,
    }
    if file.sha256 and not file.cleaned:
        headers["x-content-sha256"] = file.sha256
    return headers


def _media(file: File) -> str:
    return MEDIA.get(file.extension, "text/plain; charset=utf-8")


def _whole(v: Visit, file: File) -> AsgiFileDownload:
    path = v.facts.release.folder / file.path
    headers = _headers(v, file) | {"content-length": str(file.size)}
    return AsgiFileDownload(str(path), content_type=_media(file), headers=headers)


def _cleaned(v: Visit, file: File) -> AsgiStream:
    path = v.facts.release.folder / file.path
    lines = shown_lines(path, file.extension, v.facts.today)

    async def stream(writer: Any) -> None:
        while chunk := await asyncio.to_thread(_chunk, lines):
            await writer.write(chunk)

    headers = _headers(v, file) | {"x-credit-park-filtered": v.facts.today}
    return AsgiStream(stream, headers=headers, content_type=_media(file))


def _chunk(lines: Iterator[str]) -> str:
    return "".join(islice(lines, ROWS_AT_ONCE))


def shown_lines(path: Path, extension: str, today: str) -> Iterator[str]:
    """The lines of an export whose rows may be shown on ``today``."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from (_csv if extension == "csv" else _jsonl)(stream, today)


def _open_on(until: str | None, today: str) -> bool:
    return not until or until >= today


def _csv(stream: Iterator[str], today: str) -> Iterator[str]:
    reader = csv.reader(stream)
    header = next(reader)
    limit = header.index(TIME_LIMIT)
    yield _row(header)
    for row in reader:
        if _open_on(row[limit], today):
            yield _row(row)


def _row(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()


def _jsonl(stream: Iterator[str], today: str) -> Iterator[str]:
    for line in stream:
        if _open_on(json.loads(line)[TIME_LIMIT], today):
            yield line
