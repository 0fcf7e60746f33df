"""PDFs embed the font that the office names, cut down to what they use."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest
import reportlab

from publish.site.pdf import drawn
from publish.site.report import Part, Report
from publish.typesetting import FontError, embed

VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
NAME = "虚构信用园区"
REPORT = Report(
    title="报告",
    name=NAME,
    letter=None,
    label="档案",
    number="1",
    verify="http://localhost/verify/1",
    head=[("编号", "1")],
    counts=[("行政管理", "0")],
    parts=[Part("一", "登记", [("名称", NAME)])],
    notes=["完"],
    banner="",
    paging="{page}",
)


def with_chinese(folder: Path) -> Path:
    """Vera, whose first letter stands for every Chinese character."""
    data = bytearray(VERA.read_bytes())
    groups = struct.pack(">III", 0x20, 0x7E, 3) + b"".join(
        struct.pack(">III", code, code, 36) for code in range(0x4E00, 0x9FA0)
    )
    count = len(groups) // 12
    table = struct.pack(">HHHHI", 0, 1, 3, 10, 12)
    table += struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, count) + groups
    (tables,) = struct.unpack_from(">H", data, 4)
    for at in range(12, 12 + 16 * tables, 16):
        if data[at : at + 4] == b"cmap":
            struct.pack_into(">II", data, at + 8, len(data), len(table))
    path = folder / "chinese.ttf"
    path.write_bytes(bytes(data) + table)
    return path


def sheet(font: Path | None = None) -> bytes:
    """The report as another process draws it: a font is chosen once in each."""
    code = "import sys; from tests.site.test_site_fonts import drawn_with as d; d(sys.argv)"
    command = [sys.executable, "-c", code, *([str(font)] if font else [])]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def drawn_with(arguments: list[str]) -> None:
    for name in arguments[1:]:
        embed(Path(name))
    sys.stdout.buffer.write(drawn(REPORT))


def test_the_named_font_is_embedded_cut_down_and_alike_each_time(tmp_path: Path):
    plain = sheet()
    assert b"/FontFile2" not in plain
    assert b"/STSong-Light" in plain
    font = with_chinese(tmp_path)
    own = sheet(font)
    assert b"/FontFile2" in own
    assert b"/STSong-Light" not in own
    assert len(own) < font.stat().st_size / 2
    assert sheet(font) == own


def test_what_cannot_be_embedded_says_what_can(tmp_path: Path):
    (tmp_path / "postscript.otf").write_bytes(b"OTTO" + bytes(64))
    (tmp_path / "empty.ttf").write_bytes(b"")
    for name in ("postscript.otf", "empty.ttf", "missing.ttf"):
        with pytest.raises(FontError, match=r"name a TrueType font such as wqy-zenhei"):
            embed(tmp_path / name)
    with pytest.raises(FontError, match="has no Chinese"):
        embed(VERA)
