"""The template environment: autoescaped, strict, one for the process.

Not here: what a page holds (``pages``) or the frame's facts (``visit``).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publish.site import wording
from publish.site.grades import SHAPES

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """The environment of our own templates; everything is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    equip(made)
    return made


def equip(made: Environment) -> None:
    """Give an environment the functions and filters that our templates use."""
    made.globals.update(static=static_url, link=link, shapes=SHAPES)
    made.globals["name_room"] = wording.NAME_ROOM
    made.filters.update(cut=wording.cut, count=lambda n: f"{n:,}")


@cache
def static_url(name: str) -> str:
    """The address of a static file, changing with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static-site/{name}?v={digest[:10]}"


def link(path: str, **parameters: Any) -> str:
    """A path with the parameters that have a value."""
    given = {k: v for k, v in parameters.items() if v not in {None, ""}}
    return f"{path}?{urlencode(given)}" if given else path
