"""The open data as linked data: schema.org inside pages, DCAT with full addresses.

Search engines for data sets read the first, data portals harvest the second. Not here:
the catalogue of a release (``publish.release.catalogue``), which this one completes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from markupsafe import Markup

from publish.release import terms
from publish.release.names import CATALOGUE, MEDIA
from publish.site.facts import PUBLISHED
from publish.site.offered import LATEST, RELEASES, Offer
from publish.site.visit import Visit
from quality.contracts import AGENCIES, park
from quality.contracts.model import table_facts

CONTEXT = "https://schema.org/"


def embedded(document: Any) -> Markup:
    """A document that may stand inside a page: no text of it can end the element."""
    text = json.dumps(document, ensure_ascii=False)
    return Markup(  # noqa: S704  every character that could act is escaped
        text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    )


def whole(v: Visit, base: str) -> dict[str, Any]:
    """The catalogue page as a schema.org ``DataCatalog``."""
    zh, en = terms.DATASET.split(" ", 1)
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "name": en if v.language == "en" else zh,
        "alternateName": zh if v.language == "en" else en,
        "url": f"{base}/data",
        "license": terms.ADDRESS,
        "version": v.facts.release.release_id,
        "dateModified": v.words.release.get("today"),
        "publisher": _publisher(v),
        "dataset": [
            {"@type": "Dataset", "name": v.title_of(n), "url": f"{base}/data/{n}"}
            for n in PUBLISHED
        ],
    }


def dataset(v: Visit, base: str, about: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """One dictionary page as a schema.org ``Dataset`` with its distributions."""
    name = about["name"]
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": about["title"],
        "description": f"{about['title']}：{table_facts(PUBLISHED[name]).description}",
        "url": f"{base}/data/{name}",
        "identifier": name,
        "license": terms.ADDRESS,
        "isAccessibleForFree": True,
        "inLanguage": "zh-CN",
        "version": v.facts.release.release_id,
        "dateModified": v.words.release.get("today"),
        "creator": _publisher(v),
        "publisher": _publisher(v),
        "includedInDataCatalog": {"@type": "DataCatalog", "url": f"{base}/data"},
        "variableMeasured": [
            v.label(name, c.name)
            for c in PUBLISHED[name].columns
            if (name, c.name) in v.words.columns
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": f"{base}{file.address}",
                "encodingFormat": MEDIA[file.extension],
                "contentSize": f"{file.size} B",
                "sha256": file.sha256,
            }
            for file in offer.of_table(name)
        ],
    }


def _publisher(v: Visit) -> dict[str, str]:
    zh, en = AGENCIES[park.AGENCY]
    return {"@type": "Organization", "name": en if v.language == "en" else zh}


async def dcat(offer: Offer, base: str) -> dict[str, Any]:
    """The release's DCAT catalogue with absolute addresses; empty if not ready."""
    if CATALOGUE not in offer.files:
        return {}
    path = offer.folder / CATALOGUE
    text = await asyncio.to_thread(path.read_text, "utf-8")
    document = dict(json.loads(text))
    document["@id"] = f"{base}/data"
    permanent = f"{base}{RELEASES}/{offer.release_id}"
    documents = [document, *document["dcat:dataset"]]
    for item in documents[1:]:
        item["@id"] = f"{base}/data/{item['dcterms:identifier']}"
        item["dcat:landingPage"] = {"@id": item["@id"]}
    for distribution in (d for item in documents for d in item["dcat:distribution"]):
        name = distribution["dcat:downloadURL"]["@id"]
        distribution["dcat:accessURL"] = {"@id": f"{base}{LATEST}/{name}"}
        distribution["dcat:downloadURL"] = {"@id": f"{permanent}/{name}"}
        paper = distribution["dcterms:conformsTo"]["@id"]
        distribution["dcterms:conformsTo"] = {"@id": f"{permanent}/{paper}"}
    return document
