"""The files of ``deploy/``: valid by their own types, and true to this repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from orchestration.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
PINNED = re.compile(r"[a-z0-9./-]+:\d+(\.\d+)+[a-z0-9.-]*")


def manifests() -> list[dict[str, Any]]:
    """Every manifest but kustomize's own file."""
    found = [m for p in KUBERNETES for m in yaml.safe_load_all(p.read_text("utf-8"))]
    return [m for m in found if m["kind"] != "Kustomization"]


def pods() -> dict[str, dict[str, Any]]:
    """What runs in the cluster: the pods' specifications by name."""
    found = {}
    for manifest in manifests():
        spec = manifest.get("spec", {})
        if manifest["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            found[manifest["metadata"]["name"]] = spec["template"]["spec"]
    return found


@pytest.mark.parametrize("manifest", manifests(), ids=lambda m: m["metadata"]["name"])
def test_a_manifest_is_what_kubernetes_takes(manifest: dict[str, Any]):
    newest = kubernetes_validate.latest_version()
    kubernetes_validate.validate(manifest, newest, strict=True)


def test_the_list_of_manifests_is_whole_and_names_the_released_version():
    listed = yaml.safe_load((DEPLOY / "kubernetes/kustomization.yaml").read_text())
    assert {*listed["resources"]} == {p.name for p in KUBERNETES} - {
        "kustomization.yaml"
    }
    (image,) = listed["images"]
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{image["newTag"]}"' in project


@pytest.mark.parametrize("name", pods())
def test_no_pod_has_more_rights_than_it_needs(name: str):
    pod = pods()[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_the_replicas_see_releases_and_signing_keys_and_write_neither():
    (serve,) = pods()["creditpark-serve"]["containers"]
    home = [m for m in serve["volumeMounts"] if m["name"] == "home"]
    assert {m["subPath"] for m in home} == {"releases", "signing"}
    assert all(m["readOnly"] for m in home)
    mounts = COMPOSE["services"]["serve-1"]["volumes"]
    assert {m.split(":")[0] for m in mounts if m.endswith(":ro")} == {
        *("releases", "signing"),
    }
    assert "home" not in {m.split(":")[0] for m in mounts}


def test_metrics_are_reached_by_prometheus_alone():
    (allowed,) = [m for m in manifests() if m["kind"] == "NetworkPolicy"
                  and m["metadata"]["name"] == "creditpark-serve"]  # fmt: skip
    to_metrics = [
        rule["from"]
        for rule in allowed["spec"]["ingress"]
        if {p["port"] for p in rule["ports"]} & {9100}
    ]
    assert to_metrics == [
        [
            {
                "namespaceSelector": {
                    "matchLabels": {"kubernetes.io/metadata.name": "monitoring"}
                }
            }
        ]
    ]
    service = next(m for m in manifests() if m["kind"] == "Service")
    assert [p["targetPort"] for p in service["spec"]["ports"]] == ["http"]


def test_compose_opens_the_proxy_alone_and_pins_what_it_runs():
    services = COMPOSE["services"]
    assert [n for n, s in services.items() if "ports" in s] == ["nginx"]
    assert all(PINNED.fullmatch(s["image"]) for s in services.values())
    assert all(s["cap_drop"] == ["ALL"] for s in services.values())
    named = {v.split(":")[0] for s in services.values() for v in s["volumes"]}
    assert {n for n in named if not n.startswith(".")} == {*COMPOSE["volumes"]}
    for place in (n for n in named if n.startswith("./") and n != "./certificates"):
        assert (DEPLOY / place).is_file(), place


def test_every_variable_that_is_set_is_a_setting():
    known = {f"CREDITPARK_{name.upper()}" for name in Settings.model_fields}
    for path in (p for p in DEPLOY.rglob("*") if p.is_file()):
        named = {*re.findall(r"CREDITPARK_[A-Z_]*[A-Z]", path.read_text("utf-8"))}
        assert named <= known, path.name


def test_the_image_is_pinned_runs_as_nobody_and_holds_what_starts(tmp_path: Path):
    """The tree that its COPY lines make is enough to start every service of it."""
    bases = re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    assert len({*bases}) == 1
    assert PINNED.fullmatch(bases[0])
    assert re.findall(r"^USER (.+)$", CONTAINERFILE, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes -r requirements.lock" in CONTAINERFILE
    assert "://" not in CONTAINERFILE
    for words in re.findall(r"^COPY (?!--)(.+)$", CONTAINERFILE, re.MULTILINE):
        *sources, target = words.split()
        for source in sources:
            place = tmp_path / target
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, place, ignore=ignored)
            else:
                shutil.copy(ROOT / source, place)
    code = (
        "import orchestration.cli, publish.serving.server, orchestration.definitions as d;"
        "print(orchestration.cli.__file__, len(d.defs.resolve_all_job_defs()) > 0)"
    )
    started = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "CREDITPARK_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == [f"{tmp_path}/orchestration/cli.py", "True"]
    assert (tmp_path / "workspace.yaml").is_file()


def test_units_are_what_systemd_takes(tmp_path: Path):
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is not here: it comes with systemd")
    command = Path(sys.executable).with_name("creditpark")
    for unit in UNITS:
        # The command is where this machine has it; a template gets its port.
        text = unit.read_text("utf-8")
        text = text.replace("/opt/creditpark/.venv/bin/creditpark", str(command))
        (tmp_path / unit.name.replace("@", "@8001")).write_text(text)
    names = sorted(p.name for p in tmp_path.iterdir())
    checked = subprocess.run(
        [analyse, "verify", "--man=no", *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in checked.stderr.splitlines() if "creditpark" in line]
    assert ours == []
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    "unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda p: p.name
)
def test_a_unit_runs_as_its_own_user_and_sees_little(unit: Path):
    lines = {*unit.read_text("utf-8").splitlines()}
    assert lines >= {
        *("User=creditpark", "NoNewPrivileges=true", "ProtectSystem=strict"),
        *("ProtectHome=true", "PrivateTmp=true", "PrivateDevices=true"),
        *("CapabilityBoundingSet=", "SystemCallFilter=@system-service"),
    }


def test_examples_hold_no_secret_and_filled_in_files_stay_out():
    for path in DEPLOY.glob("*.example"):
        text = path.read_text("utf-8")
        given = re.findall(r"PASSWORD=(.+)$|://\w+:([^@]+)@", text, re.MULTILINE)
        assert {a or b for a, b in given} <= {"change-me", "password"}
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    for name in ("deploy/creditpark.env", "deploy/certificates/tls.key"):
        ignored = subprocess.run(
            [git, "check-ignore", "-q", name], cwd=ROOT, check=False
        )
        assert ignored.returncode == 0, name


def test_licences_are_listed_by_package(tmp_path: Path):
    components = [
        {
            "name": "b",
            "version": "2",
            "licenses": [{"expression": "MIT OR GPL-2.0-only"}],
        },
        {
            "name": "A",
            "version": "1",
            "licenses": [{"license": {"name": "BSD"}}, {"license": {"id": "MIT"}}],
        },
        {"name": "c", "version": "3"},
    ]
    path = tmp_path / "sbom.json"
    path.write_text(json.dumps({"components": components}))
    script = DEPLOY / "licences.py"
    told = subprocess.run(
        [sys.executable, script, path], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[2:] == [
        "| A | 1 | BSD, MIT |",
        "| b | 2 | MIT OR GPL-2.0-only |",
        "| c | 3 | not declared |",
    ]
