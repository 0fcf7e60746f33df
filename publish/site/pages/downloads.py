"""Downloads: the newest files under stable addresses, those of a release under its own.

A file is sent as it lies on disk, with its hash as entity tag. Caches must ask each
time: a record may have to go from every file overnight. Not here: what is offered
(``publish.site.offered``).
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from datasette import NotFound, Response
from datasette.utils.asgi import AsgiFileDownload, AsgiStream

from publish.release.errors import UnknownReleaseError
from publish.release.names import MEDIA, SUMS
from publish.serving.editions import EditionError
from publish.site.export import BOM
from publish.site.history import releases_of
from publish.site.offered import File, Offer, offer_of
from publish.site.visit import Visit, visit_of

PORTION = 1 << 16
TEXTS = {"csv", "json", "jsonl", "jsonld", "txt", "cff"}


async def latest(datasette: Any, request: Any) -> Any:
    """``/data/latest/{name}``: the file of that name in the newest release."""
    v = await visit_of(datasette, request)
    return await _sent(datasette, v, v.facts.release.release_id)


async def released(datasette: Any, request: Any) -> Any:
    """``/data/releases/{release}/{name}``: the file of that name in that release."""
    v = await visit_of(datasette, request)
    release_id = v.part("release")
    try:
        releases_of(v).path(release_id)
    except UnknownReleaseError as error:
        raise NotFound(v.say("missing.page")) from error
    return await _sent(datasette, v, release_id)


async def _sent(datasette: Any, v: Visit, release_id: str) -> Any:
    """The file; only names of the manifest lead anywhere."""
    try:
        offer = await offer_of(datasette, release_id)
    except EditionError:
        return _unavailable(v)
    file = offer.files.get(v.part("name"))
    if file is None:
        raise NotFound(v.say("missing.page"))
    with_bom = file.extension == "csv" and v.argument("bom") == "1"
    headers = _headers(file, with_bom=with_bom)
    if headers.get("etag") and headers["etag"] in str(
        v.request.headers.get("if-none-match", "")
    ):
        return Response("", status=HTTPStatus.NOT_MODIFIED, headers=headers)
    if with_bom:
        return AsgiStream(
            lambda out: _with_bom(offer.folder / file.path, out),
            headers=headers,
            content_type=_media(file),
        )
    return _whole(offer, file, headers)


def _unavailable(v: Visit) -> Response:
    page = v.page(
        "notice.html",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        heading=v.say("data.title"),
        message=v.say("data.withdrawn"),
        code=int(HTTPStatus.SERVICE_UNAVAILABLE),
    )
    page.headers["retry-after"] = "600"
    return page


def _headers(file: File, *, with_bom: bool) -> dict[str, str]:
    name = file.path.rpartition("/")[2]
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-location": file.permanent,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        "x-credit-park-release": file.release_id,
    }
    if file.sha256:
        headers["etag"] = f'"{file.sha256}{"-bom" if with_bom else ""}"'
        if not with_bom:
            headers["x-content-sha256"] = file.sha256
    return headers


def _media(file: File) -> str:
    kind = "text/plain" if file.path == SUMS else MEDIA[file.extension]
    text = file.path == SUMS or file.extension in TEXTS
    return f"{kind}; charset=utf-8" if text else kind


def _whole(offer: Offer, file: File, headers: dict[str, str]) -> AsgiFileDownload:
    headers["content-length"] = str(file.size)
    path = str(offer.folder / file.path)
    return AsgiFileDownload(path, content_type=_media(file), headers=headers)


async def _with_bom(path: Path, out: Any) -> None:
    """The file behind a byte order mark, by which spreadsheets know UTF-8."""
    await out.write(BOM)
    with path.open(encoding="utf-8", newline="") as stream:
        while portion := stream.read(PORTION):
            await out.write(portion)
