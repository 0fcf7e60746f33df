"""A record's line as it was sent, for those who may see: nothing of natural persons."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from assets.sources.rawlines import RawLines
from assets.stores import Arrival, Batch
from orchestration.lake.landing import FileLanding
from orchestration.places import make_setup
from orchestration.settings import Settings
from quality.clock import Clock

TODAY = date(2026, 11, 23)
SOUND = {
    "CF_XDR_MC": "虚构企业",
    "CF_XDR_SHXYM": "91370303MA3C00003D",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_WSH": "虚构罚〔2026〕9号",
    "CF_WFXW": "电话13800138000登记的场所未公示",
    "CF_NR_FK": "0.5",
    "unknown_field": "x",
}


@pytest.fixture
def lines(tmp_path: Path) -> tuple[RawLines, Batch]:
    settings = Settings(home=tmp_path, today=TODAY)
    sources = make_setup(settings).sources
    landing = FileLanding(tmp_path / "landing", Clock(TODAY))
    rows = [SOUND, SOUND | {"CF_XDR_LB": "自然人"}]
    arriving = Arrival(
        agency="market",
        dataset="penalties",
        window=None,
        version_at=datetime.fromisoformat("2026-11-23"),
        origin="test",
        suffix=".json",
        replays="another batch",
    )
    batch = landing.land(arriving, [json.dumps(rows).encode()])
    assert batch is not None
    return RawLines(landing, sources), batch


def test_the_agency_s_own_fields_and_texts(lines: tuple[RawLines, Batch]):
    raw, batch = lines
    told = raw.line("penalties", batch.id, 1)
    assert told is not None
    assert told["CF_WSH"] == "虚构罚〔2026〕9号"
    assert told["CF_NR_FK"] == "0.5"
    assert "unknown_field" not in told


def test_personal_data_in_prose_are_starred(lines: tuple[RawLines, Batch]):
    raw, batch = lines
    told = raw.line("penalties", batch.id, 1) or {}
    assert told["CF_WFXW"] == "电话***********登记的场所未公示"


def test_nothing_of_a_natural_person_is_told(lines: tuple[RawLines, Batch]):
    raw, batch = lines
    assert raw.line("penalties", batch.id, 2) == {}


def test_what_is_not_here_is_not_made_up(lines: tuple[RawLines, Batch]):
    raw, batch = lines
    assert raw.line("penalties", batch.id, 3) is None
    assert raw.line("penalties", "no such batch", 1) is None
