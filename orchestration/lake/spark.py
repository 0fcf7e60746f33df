"""The cluster engine: the same statements on Apache Spark.

The only module that knows Spark. Statements are written in DuckDB's dialect and printed
for Spark by sqlglot; they hold integers, texts and dates alone, so that both engines
give the same rows. Workers must see the lake's folder (one machine, or a shared file
system). Not here: which tables run here (``orchestration.lake.lake``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import sqlglot

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCHEME = "spark://"
LOOPBACK = "127.0.0.1"
SETTINGS = {
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.ansi.enabled": "true",
    # Dozens of rules make one giant expression of it, slower to plan and to run.
    "spark.sql.optimizer.excludedRules": (
        "org.apache.spark.sql.catalyst.optimizer.CollapseProject"
    ),
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
}


class EngineUnavailableError(LookupError):
    """The engine that is set cannot be used here."""


def spark_sql(text: str) -> str:
    """A statement in DuckDB's dialect, printed for Spark.

    Raises:
        sqlglot.errors.UnsupportedError: it holds what Spark has not.
    """
    (made,) = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    return made


class SparkEngine:
    """A session on a cluster, opened when first needed.

    Attributes:
        url: ``spark://host:port``, or ``local[2]`` for threads of this process.
        more: further settings of the session.
    """

    def __init__(self, url: str, more: Mapping[str, str] | None = None) -> None:
        self.url, self.more = url, dict(more or {})

    @cached_property
    def session(self) -> SparkSession:
        """The session.

        Raises:
            EngineUnavailableError: pyspark is not installed, or there is no Java.
        """
        try:
            from pyspark.sql import SparkSession  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise EngineUnavailableError(
                "CREDITPARK_ENGINE names Spark: pip install pyspark"
            ) from error
        builder = SparkSession.builder.master(self.url).appName("creditpark")
        for name, value in (SETTINGS | self._network() | self.more).items():
            builder = builder.config(name, value)
        try:
            return builder.getOrCreate()
        except Exception as error:
            text = f"no Spark session on {self.url}; is Java there, is the master up?"
            raise EngineUnavailableError(text) from error

    def _network(self) -> dict[str, str]:
        """A master on the loopback is spoken to from the loopback."""
        if not self.url.startswith(f"{SCHEME}{LOOPBACK}"):
            return {}
        names = ("spark.driver.host", "spark.driver.bindAddress")
        return dict.fromkeys(names, LOOPBACK)

    def run(self, text: str, inputs: Mapping[str, Path], folder: Path) -> None:
        """Write a statement's rows as Parquet files into ``folder``.

        Args:
            text: in DuckDB's dialect.
            inputs: the Parquet file of every table it reads.
            folder: must not exist.
        """
        for name, path in inputs.items():
            self.session.read.parquet(str(path)).createOrReplaceTempView(name)
        self.session.sql(spark_sql(text)).write.parquet(str(folder))

    def close(self) -> None:
        """Leave the cluster."""
        if "session" in self.__dict__:
            self.session.stop()
