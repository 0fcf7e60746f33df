"""The same grades on a real Spark cluster: a master and two workers as processes of
their own, one of which is killed while the job runs.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Timer

import pytest

from assets import sql
from assets.credit.definitions import computing_statements
from assets.setup import Setup
from assets.sources.declaration import Membership, Sources
from assets.station import Statement, make
from orchestration.lake.lake import DUCKDB, LocalLake
from orchestration.lake.spark import EngineUnavailableError, SparkEngine
from quality.clock import Clock
from tests.credit.ledger import INPUTS, SHIPPED, TODAY, Park, policy_text
from tests.credit.parks import LIMITED, SMALL, town

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
    pytest.mark.filterwarnings("ignore"),
]
STARTUP = 60  # seconds after which a cluster is given up
LOOPBACK = "127.0.0.1"
SIZE = 60
KILLED_AT = "credit_indicators"  # the heaviest statement
GRADING = computing_statements()[:4]
# Planning the sixty selects of the shipped policy's explanations takes Spark minutes: they,
# evidence and advice run with a policy that has one rule of every kind.
EXPLAINING = computing_statements()[2:]
# Small data: what is planned once is run once.
QUICK = {"spark.sql.adaptive.enabled": "false", "spark.sql.shuffle.partitions": "2"}
INPUT_TABLES = (*INPUTS, "memberships")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A standalone master and its workers, from the pyspark wheel."""

    def __init__(self, folder: Path) -> None:
        pyspark = pytest.importorskip("pyspark")
        self.home = Path(pyspark.__file__).parent
        self.folder, self.port = folder, free_port()
        self.url = f"spark://{LOOPBACK}:{self.port}"
        self.master = self._start("master.Master", "--port", str(self.port))
        self._wait(self.port)
        self.workers = [self._worker(number) for number in range(2)]

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        work = self.folder / f"worker{number}"
        return self._start(
            "worker.Worker", "--cores", "1", "--memory", "1g", "-d", str(work), self.url
        )

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        name = f"org.apache.spark.deploy.{kind}"
        command = (str(self.home / "bin" / "spark-class"), name)
        network = {"SPARK_LOCAL_IP": LOOPBACK, "SPARK_LOCAL_HOSTNAME": LOOPBACK}
        with (self.folder / f"{kind}-{len(words)}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--host", LOOPBACK, "--webui-port", "0", *words],
                env=os.environ | network | {"SPARK_HOME": str(self.home)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self, port: int) -> None:
        until = time.monotonic() + STARTUP
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    return
            time.sleep(0.2)
        raise TimeoutError(f"no Spark master on port {port}")

    def kill_worker(self) -> None:
        """Kill one worker and its executor, as a machine that loses its power."""
        os.killpg(self.workers[0].pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in (*self.workers, self.master):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.stop()


def setup(folder: Path) -> Setup:
    sources = Sources(
        name="test",
        history_from=date(2026, 1, 1),
        membership=Membership(),
        agencies={},
    )
    return Setup(Clock(TODAY), sources, SHIPPED, folder / "releases", folder / "docs")


def small_setup(folder: Path) -> Setup:
    text = policy_text(SMALL, LIMITED, minimum="350")
    file = folder / "small.yaml"
    file.write_text(text, "utf-8")
    return replace(setup(folder), policy_file=file)


def filled(lake: LocalLake) -> LocalLake:
    """A lake whose credit files are those of a random town."""
    park = town(Park(lake.engine.connection), SIZE)
    park._load((TODAY, date(2026, 3, 31)))
    for table in INPUT_TABLES:
        lake.tables.write(table, f"SELECT * FROM {table}", "input")
        lake.engine.connection.execute(f"DROP TABLE {table}")
    return lake


def test_a_killed_worker_changes_no_grade(cluster: Cluster, tmp_path: Path):
    embedded = filled(LocalLake(tmp_path / "duckdb", Clock(TODAY), None, DUCKDB))
    spread = filled(LocalLake(tmp_path / "spark", Clock(TODAY), None, cluster.url))
    spread.cluster = SparkEngine(cluster.url, QUICK)
    given, small = setup(tmp_path), small_setup(tmp_path)
    assert [s.table for s in GRADING][2:] == [KILLED_AT, "computed_grades"]
    try:
        for statement in GRADING:
            make(embedded, statement, given, "run")
            if statement.table == KILLED_AT:
                Timer(1.0, cluster.kill_worker).start()
            make(spread, statement, given, "run")
        same_rows(embedded, spread, GRADING)
        # With one worker left: why, on what, and what would help.
        for statement in EXPLAINING:
            make(embedded, statement, small, "small")
            make(spread, statement, small, "small")
        same_rows(embedded, spread, EXPLAINING)
    finally:
        spread.cluster.close()
    assert cluster.workers[0].poll() is not None
    assert cluster.workers[1].poll() is None


def same_rows(
    embedded: LocalLake, spread: LocalLake, statements: Sequence[Statement]
) -> None:
    for statement in statements:
        ours = f"({embedded.tables.query(statement.table)})"
        theirs = f"({spread.tables.query(statement.table)})"
        assert columns(embedded, ours) == columns(embedded, theirs)
        assert embedded.engine.count(ours) > 0, statement.table
        for one, other in ((ours, theirs), (theirs, ours)):
            left = f"SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other}"
            rows = embedded.engine.connection.execute(left).fetchall()
            assert rows == [], (statement.table, rows[:2])


def columns(lake: LocalLake, relation: str) -> list[tuple[str, str]]:
    found = lake.engine.connection.execute(f"DESCRIBE FROM {relation}").fetchall()
    return [(row[0], row[1]) for row in found]


def test_without_a_master_the_error_says_what_to_do():
    assert sql.DIALECT == DUCKDB
    with pytest.raises(EngineUnavailableError, match="is the master up"):
        _ = SparkEngine("spark://no such host").session
