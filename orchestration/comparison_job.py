"""The comparison of two policies as a Dagster job.

Not here: comparing (``orchestration.comparison``). No postponed annotations: Dagster
reads the type of the configuration.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg

from assets.credit.comparison import Comparison
from assets.setup import Setup
from orchestration.comparison import Asked, compare, write_page

JOB = "policy_comparison"


class ComparisonConfig(dg.Config):
    """What the job compares; empty values stand for today and the policy in force."""

    old: str = ""
    new: str
    on: str = ""
    report: str = "policy-comparison.html"


def comparison_job(executor: dg.ExecutorDefinition) -> dg.JobDefinition:
    """The comparison as a Dagster job; the report lies in the home's ``reports``."""

    @dg.op(
        name="compare_policies",
        required_resource_keys={"lake", "setup"},
        description="同一数据，新旧规则对比 The same files under two policies.",
    )
    def compare_policies(
        context: dg.OpExecutionContext, config: ComparisonConfig
    ) -> Iterator[dg.Output[int]]:
        setup: Setup = context.resources.setup
        on = date.fromisoformat(config.on) if config.on else setup.today
        old = Path(config.old) if config.old else setup.policy_file
        asked = Asked(old, Path(config.new), on, setup.today)
        found = compare(context.resources.lake, setup, asked)
        path = setup.docs.parent / "reports" / config.report
        write_page(found, path)
        context.log.info(f"{len(found.movers)} movers; report in {path}")
        yield dg.Output(
            len(found.movers),
            metadata={
                "report": dg.MetadataValue.path(path),
                "movers": len(found.movers),
                "score_only": found.scored,
                "distribution": dg.MetadataValue.md(_markdown(found)),
            },
        )

    @dg.job(
        name=JOB,
        executor_def=executor,
        description="评价规则新旧对比 Who would move under another policy, and why.",
    )
    def job() -> None:
        compare_policies()

    return job


def _markdown(found: Comparison) -> str:
    lines = ["| standing | before | after |", "|---|---|---|"]
    lines += [f"| {n} | {b} | {a} |" for n, (b, a) in found.distribution.items()]
    return "\n".join(lines)
