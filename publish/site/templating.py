"""The template environments: autoescaped, strict, one for each language.

In the environment of a language every ``t("key")`` without values is the word itself when
the template is compiled, so that a page does not look up the same words each time. Not
here: what a page holds (``pages``) or the frame's facts (``visit``).
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from publish.site import pieces, wording
from publish.site.grades import SHAPES
from publish.site.i18n import DEFAULT, say

HERE = Path(__file__).parent
STATIC = HERE / "static"
_WORD = re.compile(r'\bt\("([a-z0-9_.]+)"\)')


class _Words(Extension):
    """Puts the words of the environment's language into the template's source."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        """The source with every constant word as a string."""
        language = str(self.environment.globals["language"])
        return _WORD.sub(
            lambda found: json.dumps(say(language, found[1]), ensure_ascii=False),
            source,
        )


@cache
def environment(language: str = DEFAULT) -> Environment:
    """The environment of our own templates in one language; everything is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[_Words],
    )
    made.globals["language"] = language
    equip(made)
    return made


def equip(made: Environment) -> None:
    """Give an environment the functions and filters that our templates use."""
    made.globals.update(static=static_url, link=link, shapes=SHAPES)
    made.globals.update(day=pieces.day, company=pieces.company, marked=pieces.marked)
    made.filters.update(cut=wording.cut, count=lambda n: f"{n:,}")
    made.filters.update(spoken=wording.spoken, instant=wording.instant)


@cache
def static_url(name: str) -> str:
    """The address of a static file, changing with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static-site/{name}?v={digest[:10]}"


def link(path: str, **parameters: Any) -> str:
    """A path with the parameters that have a value."""
    given = {k: v for k, v in parameters.items() if v not in {None, ""}}
    return f"{path}?{urlencode(given)}" if given else path
