"""Data Docs of one run: an engineer's artefact, rendered by GX from kept documents.

The pages load styles from public networks, so what people read is made elsewhere.
Imported lazily by ``quality.engine``: this module imports GX.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    expectationSuiteValidationResultSchema,
)
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

# The documents name their expectations; GX must know the house's own to render them.
from quality.engine import custom as _custom  # noqa: F401
from quality.engine.context import new_context

_SITE = "quality"
_PAGES = "validations"


def write(documents: Iterable[Mapping[str, Any]], folder: Path) -> Path:
    """Render ``documents`` into ``folder``; gives the path of the index page."""
    shutil.rmtree(folder / _PAGES, ignore_errors=True)  # pages of earlier runs
    context, run = new_context(), RunIdentifier(run_name=_SITE)
    context.add_data_docs_site(_SITE, _site(folder))
    for document in documents:
        result = _result(document, run)
        context.validation_results_store.set(_key(result, run), result)
    context.build_data_docs(site_names=[_SITE])
    return folder / "index.html"


def _site(folder: Path) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder),
        },
    }


def _result(
    document: Mapping[str, Any], run: RunIdentifier
) -> ExpectationSuiteValidationResult:
    loaded: ExpectationSuiteValidationResult
    loaded = expectationSuiteValidationResultSchema.load(dict(document))
    loaded.meta["run_id"] = run
    return loaded


def _key(
    result: ExpectationSuiteValidationResult, run: RunIdentifier
) -> ValidationResultIdentifier:
    suite = ExpectationSuiteIdentifier(name=result.suite_name)
    return ValidationResultIdentifier(suite, run, batch_identifier=result.suite_name)
