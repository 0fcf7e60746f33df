"""Attachments: kept once by their hash, named by the cases that need them.

Not here: which papers a case needs (``policy``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, insert, select

from publish.cases import policy
from publish.cases.model import CaseError
from publish.registry.case_tables import attachments, case_attachments
from quality.clock import Clock

_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
LONGEST_NAME = 120


@dataclass(frozen=True)
class Upload:
    """A file that is handed in."""

    material: str
    name: str
    content: bytes


class PaperError(CaseError):
    """A file cannot be taken: too large, empty, or of a kind we do not keep."""


def attach(connection: Connection, clock: Clock, case_id: str, upload: Upload) -> str:
    """Keep a file with a case; gives its SHA-256. The same file is kept once.

    Raises:
        PaperError: it is empty, too large, or neither PDF, JPEG nor PNG.
    """
    media_type = _media_type(upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    if not _has(connection, attachments, sha256=digest):
        kept = {"sha256": digest, "media_type": media_type}
        size = len(upload.content)
        values = {**kept, "size": size, "content": upload.content}
        connection.execute(insert(attachments).values(values))
    named = {"case_id": case_id, "sha256": digest, "material": upload.material}
    if not _has(connection, case_attachments, **named):
        told = {"name": upload.name[-LONGEST_NAME:], "added_at": clock.now()}
        connection.execute(insert(case_attachments).values(**named, **told))
    return digest


def content_of(registry: Engine, sha256: str) -> bytes:
    """A kept file.

    Raises:
        PaperError: there is none of that hash.
    """
    wanted = select(attachments.c.content).where(attachments.c.sha256 == sha256)
    with registry.connect() as connection:
        found = connection.scalar(wanted)
    if found is None:
        raise PaperError(f"no attachment {sha256}")
    return bytes(found)


def _media_type(upload: Upload) -> str:
    office = policy.office()
    if not 0 < len(upload.content) <= office["largest_attachment_bytes"]:
        most = office["largest_attachment_bytes"] // 1_000_000
        raise PaperError(f"{upload.name}: hand in a file of 1 byte to {most} MB")
    # What a file says of itself is not believed; its first bytes are.
    for beginning, media_type in _BEGINNINGS.items():
        fits = upload.content.startswith(beginning)
        if fits and media_type in office["attachment_types"]:
            return media_type
    raise PaperError(f"{upload.name}: hand in a PDF, JPEG or PNG")


def _has(connection: Connection, table: Table, **values: str) -> bool:
    wanted = select(table).where(*(table.c[k] == v for k, v in values.items()))
    return connection.execute(wanted).first() is not None
