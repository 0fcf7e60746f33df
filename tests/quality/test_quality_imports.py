from __future__ import annotations

import subprocess
import sys

HEAVY = ("great_expectations", "pandas")
LIGHT = """
import pkgutil, sys, importlib
import quality
LAZY = ("quality.engine.",)
for module in pkgutil.walk_packages(quality.__path__, "quality."):
    if not module.name.startswith(LAZY):
        importlib.import_module(module.name)
print([name for name in {heavy} if name in sys.modules])
"""
SERVING = """
import sys
import quality.identifiers, quality.clock, quality.contracts
print([n for n in ("dagster", "duckdb", "sqlglot", "pandas") if n in sys.modules])
"""


def answer(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_no_module_imports_great_expectations_before_it_is_asked() -> None:
    assert answer(LIGHT.format(heavy=HEAVY)) == "[]"


def test_what_the_site_imports_is_light() -> None:
    assert answer(SERVING) == "[]"
