"""What a form sent: fields and files, within bounds.

Not here: what they mean.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from datasette.utils.asgi import Base400
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import create_form_parser

from publish.cases import policy
from publish.cases.papers import Upload

FIELDS_BYTES = 100_000
PLAIN, WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"


class TooLargeError(Base400):  # type: ignore[misc]  # Datasette ships no types
    """More was sent than a form may hold."""

    status = 413


@dataclass
class Form:
    """The fields and files of one form."""

    fields: dict[str, str] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A field, trimmed; empty where absent."""
        return self.fields.get(name, "").strip()

    def add(self, name: str, value: str) -> None:
        """Note a field; of several of one name the last is its text."""
        self.fields[name] = value
        self.several.setdefault(name, []).append(value)


async def read_form(request: Any) -> Form:
    """Parse the body of a form.

    Raises:
        TooLargeError: it holds more than a few papers may.
        Base400: it is no form.
    """
    kind = request.headers.get("content-type", "")
    body = [part async for part in _bounded(request)]
    form = Form()
    try:
        if kind.startswith(PLAIN):
            for name, value in parse_qsl(b"".join(body).decode(), strict_parsing=False):
                form.add(name, value)
        elif kind.startswith(WITH_FILES):
            _with_files(form, kind, body)
        else:
            raise Base400("this is no form")
    except (FormParserError, ValueError) as error:
        raise Base400("the form cannot be read") from error
    return form


async def _bounded(request: Any) -> AsyncIterator[bytes]:
    most = 3 * policy.office()["largest_attachment_bytes"] + FIELDS_BYTES
    size, more = 0, True
    while more:
        message = await request.receive()
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLargeError(f"at most {most // 1_000_000} MB in one form")
        yield part
        more = message.get("more_body", False)


def _with_files(form: Form, kind: str, body: list[bytes]) -> None:
    headers = {"Content-Type": kind.encode()}
    parser = create_form_parser(
        headers, lambda f: _field(form, f), lambda f: _file(form, f)
    )
    for part in body:
        parser.write(part)
    parser.finalize()


def _field(form: Form, found: Any) -> None:
    form.add(
        (found.field_name or b"").decode("utf-8", "replace"),
        (found.value or b"").decode("utf-8", "replace"),
    )


def _file(form: Form, found: Any) -> None:
    name = (found.file_name or b"").decode("utf-8", "replace")
    if name:
        found.file_object.seek(0)
        material = (found.field_name or b"").decode("utf-8", "replace")
        form.uploads.append(Upload(material, name, found.file_object.read()))
    found.close()
