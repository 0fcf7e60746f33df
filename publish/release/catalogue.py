"""``catalog.jsonld``: the exports as a DCAT 3 catalogue for data portals.

Addresses are relative to the release, so that copies stay valid wherever they stand.
Not here: table schemas (``package``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from publish.release import package, terms
from publish.release.exports import export_path, exported
from publish.release.files import digest
from publish.release.layout import PUBLIC, Served
from publish.release.model import ReleaseInfo
from publish.release.names import DATA_PACKAGE, MEDIA, PUBLIC_DB
from quality.contracts import AGENCIES, park
from quality.contracts.model import TableFacts, table_facts

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types/"


def descriptor(release_id: str, info: ReleaseInfo, folder: Path) -> dict[str, Any]:
    """The catalogue of a release whose exports stand in ``folder``."""
    return {
        "@context": _CONTEXT,
        "@id": "",
        "@type": "dcat:Catalog",
        "dcterms:identifier": release_id,
        "dcterms:title": _text(*terms.DATASET.split(" ", 1)),
        "dcterms:description": package.description(info),
        "dcterms:issued": _date(info),
        "dcterms:license": {"@id": terms.ADDRESS},
        "dcterms:publisher": _publisher(),
        "dcat:distribution": [_distribution(PUBLIC_DB, folder)],
        "dcat:dataset": [_dataset(t, release_id, info, folder) for t in PUBLIC],
    }


def _text(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@language": "zh", "@value": zh}, {"@language": "en", "@value": en}]


def _date(info: ReleaseInfo) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": info.today.isoformat()}


def _publisher() -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": _text(*AGENCIES[park.AGENCY])}


def _dataset(
    table: Served, release_id: str, info: ReleaseInfo, folder: Path
) -> dict[str, Any]:
    about: TableFacts = table_facts(table.source)
    return {
        "@id": f"#{table.name}",
        "@type": "dcat:Dataset",
        "dcterms:identifier": table.name,
        "dcterms:title": _text(about.zh, about.en),
        "dcterms:description": about.description,
        "dcterms:issued": _date(info),
        "dcterms:license": {"@id": terms.ADDRESS},
        "dcterms:publisher": _publisher(),
        "dcat:version": release_id,
        "dcat:distribution": [
            _distribution(export_path(table, f), folder)
            for f in exported(table, folder)
        ],
    }


def _distribution(name: str, folder: Path) -> dict[str, Any]:
    path = folder / name
    size = {"@type": "xsd:nonNegativeInteger", "@value": str(path.stat().st_size)}
    kind = MEDIA[path.suffix.removeprefix(".")]
    return {
        "@type": "dcat:Distribution",
        "dcterms:title": path.name,
        "dcterms:license": {"@id": terms.ADDRESS},
        "dcat:downloadURL": {"@id": name},
        "dcat:mediaType": {"@id": f"{_IANA}{kind}"},
        "dcat:byteSize": size,
        "dcterms:conformsTo": {"@id": DATA_PACKAGE},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": digest(path),
        },
    }
