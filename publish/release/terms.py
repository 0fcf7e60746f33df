"""The terms of use and the citation that lie beside the data.

Not here: the licence of the code (``LICENSE`` of the repository).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from publish.release.files import write_json
from publish.release.model import ReleaseInfo
from publish.release.names import CITATION, LICENCE
from quality.contracts import AGENCIES, park

NAME = "CC-BY-4.0"
ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
TITLE = "Creative Commons Attribution 4.0"
DATASET = "信用园区公开信用数据 Credit Park open data"

_TEXT = f"""{NAME}  {TITLE}
{ADDRESS}

署名：{{publisher}}，{DATASET}，批次 {{release}}。
Attribution: {{publisher_en}}, {DATASET}, release {{release}}.

含有公示期的记录（publish_until）在期满之日后不得继续传播；已撤下的记录应随之删除
（见 changes.jsonl）。《信用修复管理办法》、国办发〔2025〕22号。
Rows with publish_until must not be spread after that day; delete records that a later
release takes off (see changes.jsonl).
"""


def write(release_id: str, info: ReleaseInfo, folder: Path) -> None:
    """Write ``LICENSE.txt`` and ``CITATION.cff``."""
    zh, en = AGENCIES[park.AGENCY]
    text = _TEXT.format(publisher=zh, publisher_en=en, release=release_id)
    (folder / LICENCE).write_text(text, "utf-8")
    # Every JSON document is a YAML document.
    write_json(folder / CITATION, citation(release_id, info))


def citation(release_id: str, info: ReleaseInfo) -> dict[str, Any]:
    """How the release wants to be cited (Citation File Format 1.2.0)."""
    zh, en = AGENCIES[park.AGENCY]
    return {
        "cff-version": "1.2.0",
        "message": "请注明批次 Please cite the release that you used.",
        "type": "dataset",
        "title": DATASET,
        "authors": [{"name": f"{zh} {en}"}],
        "version": release_id,
        "date-released": info.today.isoformat(),
        "license": NAME,
    }
