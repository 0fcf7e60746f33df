"""What Prometheus is told, by one process and by several; alerts, dashboard, handbook."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from publish.access.keys import create_key
from publish.registry.engine import open_registry
from publish.release.names import FAILURES, LAST_RUN, POINTER, QUALITY_REPORT
from publish.serving.figures import Figures
from quality.clock import Clock
from tests.serving.processes import free_port, serving
from tests.serving.world import ALPHA, TODAY, publish

ROOT = Path(__file__).parents[2]
BY_PROMETHEUS = {"job", "instance", "le"}  # of the scrape itself, and of histograms
OBSERVABILITY = ROOT / "deploy" / "observability"
RELEASE = "20261123-aaaaaaaaaa"
REPORT = {
    "datasets": [
        {
            "dataset": "penalties",
            "state": "late",
            "covered_to": "2026-11-20",
            "rows_in": 23,
            "accepted": 19,
            "quarantined": 3,
            "duplicates": 1,
        },
        {
            "dataset": "permits",
            "state": "current",
            "covered_to": None,
            "rows_in": 0,
            "accepted": 0,
            "quarantined": 0,
            "duplicates": 0,
        },
    ]
}
RUN = {"ended_at": "2026-11-23T00:40:00+08:00", "seconds": 61.5, "success": True}


def furnish(home: Path) -> None:
    """A release with a quality report, a run that ended, a candidate refused since."""
    publish(home, RELEASE)
    releases = home / "releases"
    manifest = releases / RELEASE / "manifest.json"
    about = json.loads(manifest.read_text())
    about |= {"today": "2026-11-21", "created": "2026-11-21T00:41:00+08:00"}
    about |= {"policy_id": "park-2026", "counts": {"public_penalties": 4}}
    manifest.write_text(json.dumps(about))
    (releases / RELEASE / QUALITY_REPORT).write_text(json.dumps(REPORT))
    (releases / LAST_RUN).write_text(json.dumps(RUN | {"missing": 2}))
    pointer = {"release": RELEASE, "switched_at": "2026-11-21T00:42:00+08:00"}
    (releases / POINTER).write_text(json.dumps(pointer))
    (releases / FAILURES).mkdir()
    for day in (20, 22):
        report = {"built_at": f"2026-11-{day}T00:41:00+08:00"}
        (releases / FAILURES / f"{day}.json").write_text(json.dumps(report))


Sample = tuple[str, frozenset[tuple[str, str]]]


def scraped(address: str) -> dict[Sample, float]:
    """Every sample by its name and labels."""
    families = text_string_to_metric_families(requests.get(address, timeout=10).text)
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for f in families
        for s in f.samples
    }


def settled(address: str, requests_sent: int) -> dict[Sample, float]:
    """The samples once all is counted: an answer leaves before it is."""
    give_up, counted = time.monotonic() + 20, 0.0
    while time.monotonic() < give_up:
        samples = scraped(address)
        counted = sum(
            v
            for (name, labels), v in samples.items()
            if name == "creditpark_requests_total"
            and ("route", "/readyz") not in labels
        )
        if counted == requests_sent:
            return samples
        time.sleep(0.05)
    raise AssertionError(f"{counted} requests are counted, {requests_sent} were sent")


def value(samples: dict[Sample, float], name: str, **labels: str) -> float | None:
    return samples.get((f"creditpark_{name}", frozenset(labels.items())))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes tell together after some requests, and what they logged."""
    home = tmp_path_factory.mktemp("home")
    furnish(home)
    registry = open_registry(f"sqlite:///{home / 'registry.db'}")
    clock = Clock(TODAY)
    key = create_key(registry, clock, bank="虚构银行", scopes=["facts", "credit"])
    registry.dispose()
    given = {"Authorization": f"Bearer {key.token.text}"}
    port, behind = free_port(), free_port()
    site, metrics = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{behind}/metrics"
    with serving(home, port, workers=2, metrics_port=behind, log_form="json"):
        for _ in range(40):  # each on a connection of its own: both processes serve
            assert requests.get(f"{site}/e/{ALPHA}", timeout=10).status_code == 200
        for address in (f"{site}/nowhere-{n}" for n in range(3)):
            assert requests.get(address, timeout=10).status_code == 404
        facts = f"{site}/api/v1/enterprises/{ALPHA}"
        assert requests.get(facts, headers=given, timeout=10).status_code == 200
        assert requests.get(facts, timeout=10).status_code == 401
        wrong = {"Authorization": f"Bearer {key.token.text[:-4]}AAAA"}
        credit = f"{facts}/credit"
        assert requests.get(credit, headers=wrong, timeout=10).status_code == 401
        found = {
            "samples": settled(metrics, 46),
            "token": key.token.text,
        }
        found["site"] = requests.get(f"{site}/metrics", timeout=10).status_code
    return found | {"log": (home / "log").read_text().splitlines()}


def test_requests_of_all_processes_are_counted_by_route_and_class_of_key(told: Any):
    samples = told["samples"]
    count = "requests_total"
    page = {"method": "GET", "route": "/e", "key": "none", "status": "200"}
    assert value(samples, count, **page) == 40
    other = {"method": "GET", "route": "other", "key": "none", "status": "404"}
    assert value(samples, count, **other) == 3
    facts = {"method": "GET", "route": "/api/v1/enterprises/{uscc}"}
    assert value(samples, count, **facts, key="credit+facts", status="200") == 1
    assert value(samples, count, **facts, key="none", status="401") is None
    assert value(samples, count, **facts, key="refused", status="401") == 1
    credit = {"method": "GET", "route": "/api/v1/enterprises/{uscc}/credit"}
    assert value(samples, count, **credit, key="refused", status="401") == 1
    assert value(samples, "request_seconds_count", route="/e") == 40
    assert value(samples, "request_seconds_bucket", route="/e", le="+Inf") == 40


def test_no_label_names_an_enterprise_or_a_key(told: Any):
    labels = {v for _, pairs in told["samples"] for _, v in pairs}
    assert not [v for v in labels if ALPHA in v or "cpk_" in v or "nowhere" in v]


def test_the_release_tells_of_itself(told: Any):
    samples = told["samples"]
    assert value(samples, "release_info", release=RELEASE, policy="park-2026") == 1
    assert value(samples, "release_age_days") == 2
    # Midnight in China is 16:00 of the day before in UTC.
    assert value(samples, "release_evaluated_timestamp_seconds") == 1795190400
    assert value(samples, "release_rows", table="public_penalties") == 4
    assert value(samples, "source_rows", dataset="penalties", outcome="accepted") == 19
    assert (
        value(samples, "source_rows", dataset="penalties", outcome="quarantined") == 3
    )
    assert value(samples, "source_current", dataset="penalties") == 0
    assert value(samples, "source_current", dataset="permits") == 1
    assert value(samples, "source_covered_age_days", dataset="penalties") == 3
    assert value(samples, "source_covered_age_days", dataset="permits") is None
    assert value(samples, "grades", letter="A") == 1
    assert value(samples, "grades", letter="C") == 1
    assert value(samples, "release_refusals") == 1
    assert value(samples, "last_run_success") == 1
    assert value(samples, "last_run_duration_seconds") == 61.5
    assert value(samples, "last_run_missing_sources") == 2


def test_a_damaged_pointer_fails_no_scrape(tmp_path: Path):
    """What it named is absent then, which is what the alert looks for."""
    furnish(tmp_path)
    (tmp_path / "releases" / POINTER).write_text('{"release": ')
    found = {m.name for m in Figures(tmp_path / "releases", Clock(TODAY)).collect()}
    assert "creditpark_last_run_success" in found
    assert "creditpark_release_info" not in found


def test_the_public_site_has_no_metrics(told: Any):
    assert told["site"] == 404


def test_every_log_line_is_json_and_none_holds_a_secret(told: Any):
    lines = [json.loads(line) for line in told["log"]]
    served = [line for line in lines if line.get("path") == f"/e/{ALPHA}"]
    assert len(served) == 40
    assert {(s["method"], s["status"], s["level"]) for s in served} == {
        ("GET", 200, "INFO")
    }
    assert told["token"].split(".")[1][:20] not in "\n".join(told["log"])


def named(text: str) -> set[str]:
    return {*re.findall(r"creditpark_\w+", text)}


def questions() -> list[str]:
    """Every question of the alert rules, and of the dashboard with its legends."""
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text("utf-8"))
    board = json.loads((OBSERVABILITY / "dashboard.json").read_text("utf-8"))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    asked = [
        rule["expr"] + " ".join(f"{{{{{label}}}}}" for label in annotated(rule))
        for rule in alerts
    ]
    targets = [t for panel in board["panels"] for t in panel["targets"]]
    return asked + [t["expr"] + t.get("legendFormat", "") for t in targets]


def annotated(rule: Any) -> list[str]:
    """Labels that an alert's text fills in."""
    return re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"]))


def labels_used(question: str) -> set[str]:
    """Selected, grouped or matched by, or shown in a legend."""
    found = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", question)
    found += re.findall(r"\{\{\s*(\w+)\s*\}\}", question)
    for group in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", question):
        found += [word.strip() for word in group.split(",")]
    return {*found}


def test_alerts_and_dashboard_name_only_what_metrics_tells(told: Any):
    asked = questions()
    known = {name for name, _ in told["samples"]}
    assert named("\n".join(asked)) - known == set()
    balanced = [e for e in asked if e.count("(") != e.count(")")]
    assert balanced == []


def test_alerts_and_dashboard_use_only_labels_that_the_scrape_has(told: Any):
    """A label that a metric lacks makes a question silent, not wrong."""
    labels: dict[str, set[str]] = {"up": set()}
    for name, pairs in told["samples"]:
        labels.setdefault(name, set()).update(label for label, _ in pairs)
    used = set()
    for question in questions():
        has = BY_PROMETHEUS.union(*(labels[n] for n in named(question)))
        assert labels_used(question) <= has, question
        used |= labels_used(question) - BY_PROMETHEUS
    assert {"route", "status", "dataset", "outcome", "letter"} <= used


def test_every_alert_has_its_section_in_the_handbook():
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text("utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    handbook = (ROOT / "docs" / "handbook.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", handbook, re.MULTILINE)
    sections = {h.lower().replace(" ", "-") for h in headings}
    links = {"switch-it-on", "check-failed"}  # the latter is a letter of Dagster's
    for rule in alerts:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", rule["alert"]).lower()
        assert rule["annotations"]["runbook"] == f"docs/handbook.md#{words}"
        assert rule["labels"]["severity"] in {"critical", "warning"}
        links.add(words)
    assert sections == links
