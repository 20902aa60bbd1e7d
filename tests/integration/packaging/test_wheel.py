"""The wheel, built from the tracked files and installed elsewhere, brings all data and needs no checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2
from zipfile import ZipFile

import pytest

from monitor import __version__

pytestmark = pytest.mark.slow  # building and installing takes as long as a hundred usual tests

CHECKOUT = Path(__file__).parents[3]
PATHS = """
import json, sys
from classifiers.shipped import CORPUS, VECTORS
from monitor.core import shipped
from monitor.demo import outlets, press
from monitor.wiring import models
print(json.dumps({
    "sys.path": sys.path,
    "config": str(shipped.config_dir()),
    "migrations": str(shipped.migrations_dir()),
    "benchmarks": str(shipped.shipped_root() / "benchmarks" / "demo.py"),
    "corpus": str(CORPUS),
    "vectors": str(VECTORS),
    "wired corpus": str(models.SHIPPED_CORPUS),
    "demo corpus": str(press.CORPUS),
    "demo outlets": str(outlets.ROOM / "outlets.toml"),
    "demo texts": str(outlets.ROOM / "texts" / "press.toml"),
}))
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A virtual environment with the wheel and a folder that knows nothing of the checkout."""

    wheel: Path
    folder: Path
    elsewhere: Path

    def run(self, *words: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment from elsewhere."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MONITOR_", "PYTHON"))}
        return subprocess.run(
            [self.folder / "bin" / words[0], *words[1:]],
            cwd=self.elsewhere, env=kept, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


def tracked_files() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    room = tmp_path_factory.mktemp("wheel")
    for name in tracked_files():
        (room / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        copy2(CHECKOUT / name, room / "source" / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(room), "."]
    subprocess.run([*pip, *build], cwd=room / "source", check=True, timeout=300)
    (wheel,) = room.glob("*.whl")
    folder = room / "venv"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    install = ["install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, "--python", str(python), *install], cwd=room, check=True, timeout=300)
    # a folder named in a .pth file is searched, but its own .pth files are not read, such as the checkout's
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    (room / "elsewhere").mkdir()
    yield Installed(wheel, folder, room / "elsewhere")


def test_the_wheel_holds_no_tests_no_caches_and_every_tracked_data_file(installed: Installed) -> None:
    names = set(ZipFile(installed.wheel).namelist())
    assert not [name for name in names if "__pycache__" in name or name.startswith(("tests/", "docs/"))]
    folders = ("config/", "migrations/", "benchmarks/")
    expected = {f"monitor/shipped/{name}" for name in tracked_files() if name.startswith(folders)}
    expected |= {name for name in tracked_files() if name.startswith(("monitor/", "classifiers/"))}
    assert sorted(expected - names) == []
    assert sorted(n for n in names - expected if ".dist-info/" not in n) == []


def test_all_shipped_data_lies_in_the_installed_package(installed: Installed) -> None:
    done = installed.run("python", "-c", PATHS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    searched = [Path(path) for path in found.pop("sys.path") if path]
    assert CHECKOUT not in searched
    for what, path in found.items():
        assert Path(path).exists(), what
        assert Path(path).is_relative_to(installed.folder), what


def test_the_checkout_cannot_be_imported(installed: Installed) -> None:
    done = installed.run("python", "-c", "import tests.command")
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_init_and_register_check_work_from_another_folder(installed: Installed) -> None:
    init = installed.run("monitor", "--home", "home", "init")
    assert (init.returncode, init.stderr) == (0, "")
    assert init.stdout.startswith("home: home (made)\n")
    check = installed.run("python", "-m", "monitor", "--home", "home", "register", "check", "--json")
    assert (check.returncode, check.stderr) == (0, "")
    assert json.loads(check.stdout)["agreements"] == 501
    copied = (installed.elsewhere / "home" / "config" / "register" / "agreements.jsonl").read_bytes()
    assert copied == (CHECKOUT / "config" / "register" / "agreements.jsonl").read_bytes()


def test_its_version_is_the_programs(installed: Installed) -> None:
    assert installed.wheel.name == f"coverage_monitor-{__version__}-py3-none-any.whl"


def test_the_demo_and_the_benchmarks_are_in_the_wheel(installed: Installed) -> None:
    words = ["--days", "2", "--outlets", "3", "--items", "200", "--model", "ngram", "--json"]
    done = installed.run("monitor", "demo", "--out", "demo", *words)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["mails"]) == 1
    assert "demo" in installed.run("monitor", "benchmark").stdout.splitlines()
