"""The parts of the frame that many pages share, drawn once for each language and release.

Not here: what stands between them (``templates/frame.html`` and the pages).
"""

from __future__ import annotations

from functools import lru_cache, partial

from markupsafe import Markup

from publish.site.i18n import say
from publish.site.templating import environment

NAV = (
    ("/disclosures", "nav.disclosures"),
    ("/honours", "nav.honours"),
    ("/incentives", "nav.incentives"),
    ("/statistics", "nav.statistics"),
    ("/government", "nav.government"),
    ("/data", "nav.data"),
)
MORE = (
    ("/lists/licences", "nav.lists"),
    ("/inspections", "nav.inspections"),
    ("/policies", "nav.policies"),
    ("/policy", "nav.policy"),
    ("/repair", "nav.repair"),
    ("/objection", "nav.objection"),
    ("/my", "my.title"),
    ("/status", "nav.status"),
    ("/about", "nav.about"),
)
SEARCH = ("/search", "nav.search")


def here(path: str) -> str:
    """The address in the navigation under which a path stands; empty where none."""
    addresses = (address for address, _ in (SEARCH, *NAV, *MORE))
    return next(
        (a for a in addresses if path == a or path.startswith(f"{a}/")),
        "",
    )


@lru_cache(maxsize=200)
def part(name: str, language: str, current: str = "", **known: str) -> Markup:
    """One part of the frame.

    Args:
        name: of the template in ``parts``.
        language: of the visitor.
        current: the address in the navigation that the page belongs to.
        known: what else the part tells.
    """
    template = environment(language).get_template(f"parts/{name}.html")
    told = {"t": partial(say, language), "current": current, "nav": NAV, "more": MORE}
    return Markup(template.render(told | known))  # noqa: S704
