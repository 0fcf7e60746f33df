"""Schemathesis attacks the interface from its own description, in mock mode."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from publish.api.mock import CLEAN, LISTED, PENALISED, TOKEN, UNKNOWN
from publish.api.routes import OPERATIONS
from tests.serving.world import Running

# A code has check digits, which no pattern can say.
schemathesis.openapi.format(
    "uscc", st.sampled_from([CLEAN, PENALISED, LISTED, UNKNOWN])
)
# Nearly every text is some CSV: no schema says which is not.
CSV = "text/csv"
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(mock: Running) -> Any:
    config = SchemathesisConfig.from_dict(
        {
            "auth": {"openapi": {s: {"bearer": TOKEN.text} for s in ("key", "oauth")}},
            "base-url": mock.url,
        }
    )
    where = f"{mock.url}/api/v1/openapi.json"
    return schemathesis.openapi.from_url(where, config=config)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.id)
def test_no_generated_request_finds_a_flaw(
    schema: Any, operation: Any, mode: GenerationMode
) -> None:
    attacked = schema[operation.where][operation.method]
    if mode is GenerationMode.NEGATIVE and not (operation.parameters or operation.body):
        return

    @FEW
    @given(case=attacked.as_strategy(generation_mode=mode))
    def attack(case: Any) -> None:
        if mode is GenerationMode.NEGATIVE and case.media_type == CSV:
            assert case.call().status_code < 500
        else:
            case.call_and_validate()

    attack()


def test_no_chain_of_requests_finds_a_flaw(schema: Any) -> None:
    class Machine(schema.as_state_machine()):  # type: ignore[misc]
        def validate_response(self, response: Any, case: Any, **rest: Any) -> None:
            if case.media_type == CSV:
                assert response.status_code < 500
            else:
                super().validate_response(response, case, **rest)

    Machine.run(settings=settings(FEW, stateful_step_count=6))
