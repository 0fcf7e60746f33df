"""Atom documents (RFC 4287): what is new in a list, and what each release changed.

An entry names the enterprise and the matter and points to the credit file; what was
found stays there, where it ends in time. Not here: asking (``pages.feeds``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from publish.site.listings import LISTINGS

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
NAMESPACE = "http://www.w3.org/2005/Atom"
FEEDS = tuple(LISTINGS)
MEDIA = "application/atom+xml; charset=utf-8"
MIDNIGHT = "T00:00:00+08:00"  # dates of records are days in China


@dataclass(frozen=True)
class Entry:
    """One thing that is new.

    Attributes:
        id: an IRI that never changes.
        updated: RFC 3339.
        link: absolute address of the page.
        enclosure: absolute address of a file with the whole of it, if there is one.
    """

    id: str
    title: str
    updated: str
    link: str
    summary: str
    enclosure: str | None = None


@dataclass(frozen=True)
class Feed:
    """A feed's own facts; ``address`` is its absolute address and its identity."""

    address: str
    page: str
    title: str
    author: str
    updated: str
    language: str
    rights: str


def document(feed: Feed, entries: Iterable[Entry]) -> str:
    """The feed as XML."""
    root = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": feed.language})
    _texts(root, id=feed.address, title=feed.title, updated=feed.updated)
    ET.SubElement(root, "link", {"rel": "self", "href": feed.address})
    ET.SubElement(root, "link", {"rel": "alternate", "href": feed.page})
    _texts(ET.SubElement(root, "author"), name=feed.author)
    _texts(root, rights=feed.rights)
    for entry in entries:
        _entry(root, entry)
    return DECLARATION + ET.tostring(root, "unicode")


def _entry(root: ET.Element, entry: Entry) -> None:
    node = ET.SubElement(root, "entry")
    _texts(node, id=entry.id, title=entry.title, updated=entry.updated)
    ET.SubElement(node, "link", {"rel": "alternate", "href": entry.link})
    if entry.enclosure:
        ET.SubElement(node, "link", {"rel": "enclosure", "href": entry.enclosure})
    _texts(node, summary=entry.summary)


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = _printable(text)


def _printable(text: str) -> str:
    """XML 1.0 knows no control characters but tab and line ends."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")
