"""``creditpark dagster``: web interface and daemon, beside a sandbox if need be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from orchestration.instance import prepare
from orchestration.main_job import agencies
from orchestration.settings import Settings


def run_dagster(settings: Settings, console: Console) -> int:
    """Run ``dagster dev`` until it is interrupted; gives its exit code."""
    prepare(settings.home, settings.dagster_url)
    with agencies(settings) as ready:
        environment = os.environ | {
            "CREDITPARK_HOME": str(ready.home),
            "CREDITPARK_SANDBOX_URL": ready.sandbox_url or "",
        }
        if not ready.sandbox_url:
            del environment["CREDITPARK_SANDBOX_URL"]
        console.print(f"Dagster on http://{settings.host}:{settings.dagster_port}")
        workspace = Path(__file__).parents[1] / "workspace.yaml"
        command = [
            str(Path(sys.executable).with_name("dagster")), "dev", "-w", str(workspace),
            "-h", settings.host, "-p", str(settings.dagster_port),
        ]  # fmt: skip
        child = subprocess.Popen(command, env=environment, cwd=workspace.parent)  # noqa: S603
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGTERM)
            return child.wait()
