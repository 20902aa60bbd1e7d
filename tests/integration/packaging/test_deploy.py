"""Compose file, unit, image and proxy sample agree with the program that they start."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.cli.main import COMMANDS
from monitor.core.settings import Settings, load_settings
from monitor.core.shipped import config_dir

ROOT = Path(__file__).parents[3]
SETTINGS = load_settings(config_dir() / "settings.toml", environment=False)
HEALTH_PORT = SETTINGS.service.health_port


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return found


def test_every_variable_of_the_compose_file_is_a_setting(compose: dict[str, Any]) -> None:
    for name in compose["services"]["monitor"]["environment"]:
        section, key = name.removeprefix("MONITOR_").lower().split("__")
        field = Settings.model_fields[section].annotation
        assert key in field.model_fields, name  # type: ignore[union-attr]


def test_no_secret_stands_in_the_compose_file_and_nothing_is_open_beyond_this_machine(
    compose: dict[str, Any],
) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), name
            assert not re.search(r"://[^@/]+:[^@/]+@", value)
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        if "image" in service:
            assert re.fullmatch(r"[\w/]+:[v\d.]+", service["image"])  # a version, never latest
    named = {word for service in compose["services"].values() for word in service.get("secrets", [])}
    assert named == set(compose["secrets"])


def test_the_container_is_asked_where_the_service_answers(compose: dict[str, Any]) -> None:
    check = compose["services"]["monitor"]["healthcheck"]["test"]
    assert f"'127.0.0.1', {HEALTH_PORT}" in check[-1]
    assert "'/health/live'" in check[-1]  # which also tells when the pages of its process are gone
    assert compose["services"]["monitor"]["environment"]["MONITOR_WEB__SERVE_WITH_RUN"] == "true"
    assert compose["services"]["monitor"]["ports"] == [f"127.0.0.1:8000:{SETTINGS.web.listen_port}"]
    compile(check[-1], "healthcheck", "exec")
    assert compose["services"]["monitor"]["command"][0] in COMMANDS
    assert int(compose["services"]["monitor"]["stop_grace_period"].rstrip("s")) > 10


def test_the_container_has_no_more_rights_than_it_needs(compose: dict[str, Any]) -> None:
    ours = compose["services"]["monitor"]
    assert (ours["read_only"], ours["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in ours["security_opt"]
    for service in compose["services"].values():
        assert not {"privileged", "pid", "network_mode", "cap_add", "devices"} & set(service)
        assert not any("docker.sock" in volume for volume in service.get("volumes", []))


def test_what_the_compose_file_names_is_there(compose: dict[str, Any]) -> None:
    services, volumes = compose["services"], set(compose["volumes"])
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {name for name in used if not name.startswith(".")} == volumes
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] == "service_healthy"
            assert "healthcheck" in services[name]
    assert ours_writes(compose) <= {volume.split(":")[1] for volume in services["monitor"]["volumes"]} | {
        "/tmp"
    }


def test_the_manual_gives_what_lies_on_the_host_to_the_user_of_the_container(compose: dict[str, Any]) -> None:
    """Compose hands files and folders on with their owner; the password may be read by nobody else."""
    [user] = re.findall(r"useradd .*--uid (\d+)", (ROOT / "Dockerfile").read_text("utf-8"))
    manual = (ROOT / "docs/running/install.md").read_text("utf-8")
    given = re.findall(rf"^ +sudo (?:chown|install -d -o) {user} (?:-m \d+ )?(\S+)", manual, re.MULTILINE)
    ours = compose["services"]["monitor"]
    folders = [v.split(":")[0].removeprefix("./") for v in ours["volumes"] if v.startswith("./")]
    assert given == [compose["secrets"][name]["file"] for name in ours["secrets"]] + folders


def ours_writes(compose: dict[str, Any]) -> set[str]:
    """Where the program writes in a container whose own files are read-only."""
    home = re.findall(r"MONITOR_HOME=(\S+)", (ROOT / "Dockerfile").read_text("utf-8"))
    return {*home, *compose["services"]["monitor"]["tmpfs"]}


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_the_compose_file_is_understood_by_its_program() -> None:
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("this docker client has no compose")
    done = subprocess.run(
        ["docker", "compose", "config", "--quiet"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_runs_as_nobody_special_and_holds_no_compiler() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    stages = re.split(r"(?m)^FROM ", text)[1:]
    last = stages[-1]
    assert len(stages) == 2
    assert last.index("USER monitor") < last.index("ENTRYPOINT")
    assert not re.search(r"apt-get|gcc|pip install|ADD |curl", last)
    assert not re.search(r"(?i)^(ARG|ENV).*(password|token|secret)", text, re.MULTILINE)
    assert all(":" in stage.split()[0] and "latest" not in stage.split()[0] for stage in stages)
    assert text.count("--require-hashes") >= 2


def test_every_step_of_the_image_is_as_a_linter_wants_it() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and line[0] != "#"]
    by_word: dict[str, list[str]] = {}
    for word, rest in steps:
        by_word.setdefault(word, []).append(rest)
    assert set(by_word) <= {
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "ENV",
        "USER",
        "VOLUME",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    assert all(rest.startswith("/") for rest in by_word["WORKDIR"])
    assert [rest[0] for word in ("ENTRYPOINT", "CMD") for rest in by_word[word]] == [
        "[",
        "[",
    ]  # signals arrive
    assert len(by_word["HEALTHCHECK"]) == 1
    for run in by_word["RUN"]:
        assert "sudo" not in run
        assert run.count("pip install") == run.count("--no-cache-dir")
    for copied in by_word["COPY"]:
        if not copied.startswith("--from="):
            for name in copied.split()[:-1]:
                assert (ROOT / name).exists(), name


def test_neither_secrets_nor_the_history_reach_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".git", ".venv", "deploy/secrets", "backups"} <= set(left_out)


def test_the_unit_starts_a_command_and_gives_it_time_to_stop() -> None:
    unit = dict(
        line.split("=", 1)
        for line in (ROOT / "deploy" / "monitor.service").read_text("utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    assert unit["ExecStart"].split()[-1] in COMMANDS
    assert (unit["Restart"], unit["KillSignal"], unit["User"]) == ("always", "SIGTERM", "monitor")
    assert int(unit["TimeoutStopSec"]) > 10


def test_the_proxy_passes_on_neither_figures_nor_health() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for path in ("/metrics", "/health/"):
        assert f"location {path} {{ return 404; }}" in text
    assert "proxy_add_x_forwarded_for" not in text  # would pass on what a client claims
