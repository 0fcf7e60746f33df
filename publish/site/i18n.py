"""The site's own words in Chinese and English, from ``strings.toml``.

Not here: labels of data (``vocabulary``) and long texts (``templates/texts``).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
COOKIE = "lang"
FILES = ("strings.toml", "my.toml")


class UnknownWordError(LookupError):
    """A page asks for a string that the catalogue does not hold."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every string by dotted key: ``{"home.title": {"zh": …, "en": …}}``."""
    sections: dict[str, dict[str, dict[str, str]]] = {}
    for name in FILES:
        text = Path(__file__).with_name(name).read_text("utf-8")
        sections |= tomllib.loads(text)
    return {
        f"{section}.{key}": words
        for section, entries in sections.items()
        for key, words in entries.items()
    }


def say(language: str, key: str, **values: object) -> str:
    """One string in one language, with ``{placeholders}`` filled.

    Raises:
        UnknownWordError: the catalogue has no such key.
    """
    words = catalogue().get(key)
    if words is None:
        raise UnknownWordError(f"add {key!r} to publish/site/strings.toml")
    text = words[language]
    return text.format(**values) if values else text


def language_of(request: Any) -> str:
    """The visitor's language: ``?lang=``, else the cookie, else Chinese.

    Answers depend on it, so whoever caches pages keys them by it.
    """
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return DEFAULT
