"""What Datasette's own table pages say and offer: titles, labels, units, facets.

Derived from the contracts, so that a new table or column explains itself. Not here:
what visitors may ask at once (``queries``), who may see what (``plugin``).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table

from publish.release import terms
from publish.release.dictionary import describe, unit
from publish.serving.release import META, PUBLISHED
from quality.contracts.model import Item, Kind, facts_of, public_columns, table_facts

MOST_FACETS = 3
FACETED = {Kind.CODE, Kind.FLAG}
# Shown by the site in its own way; of no use as rows.
HIDDEN = ("search", "search_entries")
_ABOUT = (
    "本批次全部公开数据表，可筛选、分面、排序，加 .json 取数据。每次至多返回 1000 行，"
    "被截断时会注明；全部数据请用 /data 的文件。时间以北京时间为准，金额单位为分。"
    " All public tables of this release: filter, facet, sort, and add .json for data. An"
    " answer holds at most 1,000 rows and says so when it was cut; whole tables are files"
    " under /data. Amounts are fen."
)
_META_TITLES = {
    "release": "批次信息 The release",
    "dictionary": "数据字典 Dictionary",
    "codes": "代码表 Code lists",
}


@cache
def metadata(database: str) -> dict[str, Any]:
    """Datasette's metadata for the public database under this name."""
    tables = {name: _about(table) for name, table in PUBLISHED.items()}
    tables |= {name: {"title": _META_TITLES[name]} for name in META}
    tables |= {name: {"hidden": True} for name in HIDDEN}
    return {
        "title": terms.DATASET,
        "license": terms.NAME,
        "license_url": terms.ADDRESS,
        "databases": {
            database: {
                "title": terms.DATASET,
                "description": _ABOUT,
                "source": "数据目录 Catalogue",
                "source_url": "/data",
                "tables": tables,
            }
        },
    }


def _about(table: Table) -> dict[str, Any]:
    facts, columns = table_facts(table), public_columns(table)
    about: dict[str, Any] = {
        "title": f"{facts.zh} {facts.en}",
        "description": facts.description,
        "columns": {c.name: _column(c) for c in columns},
        "facets": [c.name for c in columns if facts_of(c).kind in FACETED][
            :MOST_FACETS
        ],
    }
    if any(c.name == "name" for c in columns):
        about["label_column"] = "name"
    if facts.source:
        about["source"] = facts.source
    return about


def _column(item: Item) -> str:
    facts = facts_of(item)
    measured = f"（单位 unit：{of}）" if (of := unit(facts)) else ""
    return f"{facts.zh} {facts.en}{measured}。{describe(item)}"
