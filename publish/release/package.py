"""``datapackage.json``: the exports described for machines (Data Package 2.0).

Types, titles and constraints derive from the contracts. Not here: the catalogue for
data portals (``catalogue``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publish.release import dictionary, terms
from publish.release.exports import export_path, exported
from publish.release.files import digest
from publish.release.layout import PUBLIC, Served
from publish.release.model import ReleaseInfo
from quality.contracts.codelists import code_list
from quality.contracts.model import Item, Kind, facts_of, table_facts

NAME = "credit-park"
INVENTED = "演示数据，企业均为虚构 Demonstration data; every enterprise is invented."
LICENCE = {"name": terms.NAME, "path": terms.ADDRESS, "title": terms.TITLE}
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    Kind.DATE: "date",
    Kind.MONTH: "date",
    Kind.TIMESTAMP: "datetime",
    Kind.MONEY: "integer",
    Kind.INTEGER: "integer",
    Kind.FLAG: "boolean",
}


def descriptor(
    release_id: str, info: ReleaseInfo, counts: Mapping[str, int], folder: Path
) -> dict[str, Any]:
    """The package of a release whose exports stand in ``folder``."""
    return {
        "$schema": _PROFILE,
        "name": NAME,
        "id": release_id,
        "title": terms.DATASET,
        "description": description(info),
        "version": release_id,
        "created": info.built_at.isoformat(),
        "licenses": [LICENCE],
        "resources": [_resource(t, counts[t.contract], folder) for t in PUBLIC],
    }


def description(info: ReleaseInfo) -> str:
    """What the data are, up to when, and whether they are invented."""
    day = info.today.isoformat()
    text = f"截至 {day} 的公开信用信息 Public credit information as of {day}."
    return f"{text} {INVENTED}" if info.sources.get("invented") else text


def _resource(table: Served, rows: int, folder: Path) -> dict[str, Any]:
    about = table_facts(table.source)
    path = folder / export_path(table, "csv")
    found = {
        "name": table.name.replace("_", "-"),
        "path": export_path(table, "csv"),
        "title": f"{about.zh} {about.en}",
        "description": about.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest(path)}",
        "rowCount": rows,
        "alternatives": [export_path(table, f) for f in exported(table, folder)[1:]],
        "licenses": [LICENCE],
        "schema": _schema(table),
    }
    if about.source:
        found["sources"] = [{"title": about.source}]
    return found


def _schema(table: Served) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(c) for c in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if table.has("uscc") and table.name != "enterprises":
        target = {"resource": "enterprises", "fields": ["uscc"]}
        schema["foreignKeys"] = [{"fields": ["uscc"], "reference": target}]
    return schema


def _field(item: Item) -> dict[str, Any]:
    facts = facts_of(item)
    field: dict[str, Any] = {
        "name": item.name,
        "type": _TYPES.get(facts.kind, "string"),
        "title": f"{facts.zh} {facts.en}",
        "description": dictionary.describe(item),
        "constraints": _constraints(item),
    }
    if unit := dictionary.unit(facts):
        field["unit"] = unit
    return field


def _constraints(item: Item) -> dict[str, Any]:
    facts = facts_of(item)
    constraints: dict[str, Any] = {"required": not item.nullable}
    if facts.kind is Kind.CODE and facts.codes:
        constraints["enum"] = list(code_list(facts.codes))
    return constraints
