"""One request: the pinned release, the visitor's language, and the finished page.

Not here: what any page shows (``pages``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from datasette import Response

from publish.site import i18n, wording
from publish.site.facts import Facts, Row
from publish.site.frame import here, part
from publish.site.listings import Listing
from publish.site.release import release_of
from publish.site.templating import environment
from publish.site.vocabulary import Vocabulary, vocabulary_of

YEAR_SECONDS = 31_536_000
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    # Expired records must not live on in caches that we do not control.
    "cache-control": "no-cache",
    "x-robots-tag": "noarchive",
}


@dataclass(frozen=True)
class Visit:
    """A request with all that a page needs to answer it."""

    request: Any
    language: str
    facts: Facts
    words: Vocabulary

    def say(self, key: str, **values: object) -> str:
        """One of the site's own strings in the visitor's language."""
        return i18n.say(self.language, key, **values)

    def argument(self, name: str, limit: int = 100) -> str:
        """A query parameter, trimmed and cut; empty where absent."""
        return str(self.request.args.get(name) or "").strip()[:limit]

    def part(self, name: str) -> str:
        """A part of the path that the route captured."""
        return unquote(str(self.request.url_vars[name]))

    def optional_part(self, name: str) -> str:
        """A part of the path that may be left out; empty where it is."""
        return unquote(str(self.request.url_vars.get(name) or ""))

    def label(self, table: str, column: str) -> str:
        """The label of a data column."""
        term = self.words.term(table, column)
        return wording.heading(term.en if self.language == "en" else term.zh)

    def heading(self, column: str) -> str:
        """What all tables that have a column of that name call it; else nothing."""
        columns = self.words.columns
        labels = {self.label(t, name) for t, name in columns if name == column}
        return labels.pop() if len(labels) == 1 else ""

    def unit(self, table: str, column: str) -> str:
        """The unit of a data column's values; empty where they have none."""
        entries = self.words.dictionary
        wanted = (table, column)
        found = (w for w in entries if (w["table_name"], w["column_name"]) == wanted)
        return str(next(found, {}).get("unit") or "")

    def title_of(self, table: str) -> str:
        """The label of a data table."""
        zh, en = self.words.tables.get(table, (table, table))
        return en if self.language == "en" else zh

    def value(self, table: str, column: str, row: Row) -> str:
        """One cell as people read it."""
        return wording.value(self.words, table, column, row, self.language)

    def cell(self, table: str, column: str, row: Row) -> str:
        """One cell of a table as people read it."""
        return wording.in_column(self.words, table, column, row, self.language)

    def kind(self, table: str, column: str) -> str:
        """How a column's values are stored: text, date, money."""
        return self.words.term(table, column).kind

    def title(self, listing: Listing, row: Row) -> str:
        """What a record is called."""
        return self._in_language(listing, listing.title, row)

    def told(self, listing: Listing, row: Row) -> list[tuple[str, str]]:
        """The fields of a record that have something to say, as people read them."""
        told = ((f, self._in_language(listing, f, row)) for f in listing.fields)
        return [(field, text) for field, text in told if text]

    def _in_language(self, listing: Listing, column: str, row: Row) -> str:
        """A cell, in English where the record itself has an English text for it."""
        english = row.get(f"{column}_en") if self.language == "en" else None
        return english or self.value(listing.table, column, row)

    def code(self, codes: str, code: object) -> str:
        """The label of a code."""
        return self.words.code(codes, code, self.language)

    def figure(self, row: Row, column: str) -> str:
        """A median of the figure that the row is about."""
        return wording.figure(row["figure"], row[column], self.language)

    def money(self, fen: int | None) -> str:
        """An amount in the visitor's notation."""
        return wording.money(fen, self.language)

    def page(self, template: str, status: int = 200, **context: object) -> Response:
        """The rendered page, with security headers and the language cookie."""
        html = (
            environment(self.language)
            .get_template(template)
            .render(self.frame() | context)
        )
        response = Response.html(html, status=status, headers=dict(SECURITY_HEADERS))
        response.headers["content-language"] = HTML_LANG[self.language]
        if self.request.args.get("lang") in i18n.LANGUAGES:
            remember(response, self.language)
        return response

    def frame(self) -> dict[str, object]:
        """What every page knows of the visit."""
        release, release_id = self.words.release, self.facts.release.release_id
        current = here(self.request.path)
        return {
            "v": self,
            "t": self.say,
            "lang": self.language,
            "html_lang": HTML_LANG[self.language],
            "today": self.facts.today,
            "release": release,
            "release_id": release_id,
            "invented": release.get("invented") == "1",
            "frame_nav": part("nav", self.language, current),
            "frame_menu": part("menu", self.language, current),
            "frame_foot": part(
                "foot", self.language, release_id=release_id, today=self.facts.today
            ),
            "switch": _switch(self.request, self.language),
            "path": self.request.path,
        }


HTML_LANG = {"zh": "zh-CN", "en": "en"}


async def visit_of(datasette: Any, request: Any) -> Visit:
    """Pin the current release for this request."""
    facts = Facts(release_of(datasette))
    words = await vocabulary_of(facts)
    return Visit(request, i18n.language_of(request), facts, words)


def remember(response: Response, language: str) -> None:
    """Set the cookie by which the choice lasts."""
    response.set_cookie(
        i18n.COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="lax"
    )


def _switch(request: Any, language: str) -> str:
    """This page's address in the other language."""
    other = "zh" if language == "en" else "en"
    kept = [(k, v) for k, v in parse_qsl(request.query_string) if k != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', other)])}"
