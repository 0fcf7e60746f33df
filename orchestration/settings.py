"""Settings: the only reader of the environment, and of ``creditpark.toml``.

Every setting is a field below with its default and its meaning; the table in
``docs/settings.md`` is made from them. Not here: what a setting does.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from publish.release.model import Limits
from publish.serving.logs import Form
from quality.clock import Clock
from sandbox import credentials

DEFAULT_SANDBOX = "http://127.0.0.1:8010"
PREFIX = "CREDITPARK_"
FILE = "creditpark.toml"
SANDBOX = Path(__file__).parents[1] / "assets" / "sources" / "sandbox.yaml"
POLICY = Path(__file__).parents[1] / "assets" / "credit" / "policies"


class SettingsError(ValueError):
    """A setting is wrong; the message names it and what it should be."""


class Settings(BaseModel):
    """All settings, each ``CREDITPARK_<NAME>`` or ``<name>`` in ``creditpark.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Annotated[Path, Field(description="where all state lives")] = Path("var")
    today: Annotated[
        date | None, Field(description="overrides the clock everywhere, YYYY-MM-DD")
    ] = None
    sources: Annotated[
        Path | None, Field(description="source configuration; the sandbox by default")
    ] = None
    policy: Annotated[Path, Field(description="grading policy document")] = (
        POLICY / "zibo-gaoxin-2026.yaml"
    )
    data: Annotated[
        Path | None, Field(description="folder named ${CREDITPARK_DATA} in sources")
    ] = None
    inbox: Annotated[
        Path | None, Field(description="folder the park drops files into; home/inbox")
    ] = None
    lake: Annotated[
        str | None,
        Field(description="where the lake lies: a folder, or `s3://bucket/prefix`"),
    ] = None
    lake_endpoint: Annotated[
        str | None, Field(description="address of an object store that is not Amazon's")
    ] = None
    lake_key: Annotated[
        str | None,
        Field(description="access key of the object store; else as `aws` finds it"),
    ] = None
    lake_secret: Annotated[
        SecretStr | None, Field(description="secret that belongs to the access key")
    ] = None
    registry_url: Annotated[
        str | None, Field(description="database of API keys; SQLite in home")
    ] = None
    dagster_url: Annotated[
        SecretStr | None,
        Field(description="database of Dagster, `postgresql://…`; SQLite in home"),
    ] = None
    engine: Annotated[
        str,
        Field(description="what grades: duckdb, or spark://host:port for a cluster"),
    ] = "duckdb"
    executor: Annotated[
        Literal["in_process", "multiprocess", "celery"],
        Field(description="what computes the steps of the nightly run"),
    ] = "in_process"
    celery: Annotated[
        Path | None,
        Field(description="file that Celery's workers are started with, `-y FILE`"),
    ] = None
    grade_everybody: Annotated[
        bool, Field(description="grade also whom nothing has changed for, every run")
    ] = False
    grade_at_once: Annotated[
        int,
        Field(
            ge=1,
            description="enterprises, once for each date, that one statement grades; "
            "more are graded part by part, so that memory does not grow with them",
        ),
    ] = 1_000_000
    memory_limit: Annotated[
        str | None, Field(description="memory of the SQL engine, for instance 4GB")
    ] = None
    smtp_url: Annotated[
        SecretStr | None,
        Field(description="mail server, `smtp[s]://user:password@host:port?from=…`"),
    ] = None
    send_letters: Annotated[
        Literal["electronic", "all", "none"],
        Field(description="letters that leave by themselves; `all`: also PDF to print"),
    ] = "electronic"
    host: Annotated[str, Field(description="address the site listens on")] = "127.0.0.1"
    port: Annotated[int, Field(description="port of the site", ge=0, le=65535)] = 8001
    workers: Annotated[int, Field(description="serving processes", ge=1, le=64)] = 1
    tls_certificate: Annotated[
        Path | None,
        Field(
            description="PEM that site and `/metrics` are encrypted with; else plain"
        ),
    ] = None
    tls_key: Annotated[
        Path | None, Field(description="its key, PEM; both or neither are given")
    ] = None
    alert_email: Annotated[
        str | None, Field(description="who is told of failed runs and checks by e-mail")
    ] = None
    alert_webhook: Annotated[
        SecretStr | None, Field(description="address that is told of them by HTTPS")
    ] = None
    trusted_proxies: Annotated[
        str, Field(description="proxies whose `X-Forwarded-…` is believed, with commas")
    ] = "127.0.0.1"
    metrics_host: Annotated[
        str, Field(description="address `/metrics` listens on; never a public one")
    ] = "127.0.0.1"
    metrics_port: Annotated[
        int | None,
        Field(description="port of `/metrics` for Prometheus; off if absent", ge=1),
    ] = None
    log_form: Annotated[
        Form, Field(description="log lines of the site: `text` or `json`")
    ] = Form.TEXT
    webhook_networks: Annotated[
        str, Field(description="private networks that webhooks may be sent to, CIDR")
    ] = ""
    pdf_font: Annotated[
        Path | None,
        Field(description="TrueType font with Chinese that PDFs embed; none if absent"),
    ] = None
    dagster_port: Annotated[int, Field(description="port of Dagster's interface")] = (
        3000
    )
    keep_releases: Annotated[
        int, Field(description="releases that stay, the serving one counted", ge=1)
    ] = Limits.keep
    carry_percent: Annotated[
        int,
        Field(
            description="most rows in 100 that differ for a release to be made from the "
            "last one; 0: always in full",
            ge=0,
            le=100,
        ),
    ] = Limits.carry_percent
    public_sql: Annotated[
        bool, Field(description="let visitors write SQL against the public tables")
    ] = False
    site_url: Annotated[
        str | None, Field(description="public address, told at the end of a run")
    ] = None
    sandbox_url: Annotated[
        str | None, Field(description="a sandbox that runs already")
    ] = None
    sandbox_seed: Annotated[int, Field(description="seed of the sandbox")] = 20230324
    sandbox_enterprises: Annotated[
        int, Field(description="enterprises in the sandbox", ge=1)
    ] = 500

    @model_validator(mode="after")
    def _whole_tls(self) -> Settings:
        """Half of it would silently mean none."""
        given = (self.tls_certificate, self.tls_key)
        if any(given) and not all(p and p.is_file() for p in given):
            raise ValueError(
                f"{PREFIX}TLS_CERTIFICATE and {PREFIX}TLS_KEY both name a file, or neither"
            )
        return self

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return Clock(self.today)

    @property
    def lake_folder(self) -> Path:
        """Folder of this machine for the lake, or for working on one that is elsewhere."""
        return self.home / "lake"

    @property
    def releases(self) -> Path:
        """Folder of the releases."""
        return self.home / "releases"

    @property
    def signing(self) -> Path:
        """Folder of the keys that sign answers and reports."""
        return self.home / "signing"

    @property
    def registry(self) -> str:
        """URL of the registry."""
        return self.registry_url or f"sqlite:///{self.home / 'registry.db'}"

    @property
    def decisions(self) -> Path:
        """The office's decisions about identities; to be backed up with the registry."""
        return self.home / "decisions" / "identities.jsonl"

    @property
    def grade_decisions(self) -> Path:
        """The office's decisions about downgrades; to be backed up with the registry."""
        return self.home / "decisions" / "downgrades.jsonl"

    @property
    def drop_folder(self) -> Path:
        """Where files are dropped."""
        return self.inbox or self.home / "inbox"

    @property
    def sources_file(self) -> Path:
        """The source configuration in force."""
        return self.sources or SANDBOX

    @property
    def uses_sandbox(self) -> bool:
        """Whether no agency is configured."""
        return self.sources_file == SANDBOX


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``creditpark.toml`` and, above it, the environment.

    Raises:
        SettingsError: a value is wrong, or the file names an unknown setting.
    """
    given = environment if environment is not None else os.environ
    values: dict[str, Any] = dict(_file())
    for name in Settings.model_fields:
        if f"{PREFIX}{name.upper()}" in given:
            values[name] = given[f"{PREFIX}{name.upper()}"]
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError("; ".join(_complaint(e) for e in error.errors())) from error
    return settings.model_copy(update={"home": settings.home.absolute()})


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give another process the same settings, secrets included."""
    given = settings.model_dump(exclude_none=True)
    return {
        f"{PREFIX}{name.upper()}": value.get_secret_value()
        if isinstance(value, SecretStr)
        else str(value)
        for name, value in given.items()
    }


def variables(settings: Settings) -> dict[str, str]:
    """What ``${NAME}`` in a source configuration may stand for: ``CREDITPARK_*``."""
    found = {k: v for k, v in os.environ.items() if k.startswith(PREFIX)}
    found["CREDITPARK_INBOX"] = str(settings.drop_folder)
    found |= sandbox_variables(settings.sandbox_url or DEFAULT_SANDBOX)
    if settings.data:
        found["CREDITPARK_DATA"] = str(settings.data.absolute())
    return found


def sandbox_variables(url: str) -> dict[str, str]:
    """What ``sandbox.yaml`` needs to reach a sandbox; its credentials are for show."""
    return {
        "SANDBOX_URL": url,
        "SANDBOX_MARKET_TOKEN": credentials.MARKET_TOKEN,
        "SANDBOX_TAX_APP_ID": credentials.TAX_APP_ID,
        "SANDBOX_TAX_SECRET": credentials.TAX_SECRET,
        "SANDBOX_LABOUR_KEY": credentials.LABOUR_KEY,
    }


def _file() -> dict[str, Any]:
    path = Path(FILE)
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except ValueError as error:
        raise SettingsError(f"{FILE}: {error}") from error


def _complaint(error: Any) -> str:
    name = f"{PREFIX}{str(error['loc'][0]).upper()}" if error["loc"] else FILE
    return f"{name}: {error['msg']}"
