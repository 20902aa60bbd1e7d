"""`monitor run` as processes of their own: two at once, kill -9, takeover, stop."""

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from monitor.core.home import Home
from monitor.core.lease import find_holder
from monitor.service.service import LEASE
from monitor.wiring import App

pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).parents[3]
PAGES, HEALTH = 18350, 18351


def command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "monitor", "--home", str(home), *words]


def start(home: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(command(home, "run", "--tick", "1"), cwd=CHECKOUT, stderr=out, stdout=out)


def answered(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def seen(log: Path, words: str, seconds: float) -> float:
    """Seconds until a line of the log says it."""
    began = time.monotonic()
    while words not in log.read_text("utf-8"):
        assert time.monotonic() - began < seconds, log.read_text("utf-8")
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that watches nothing, so that no test asks the world."""
    for name in [name for name in os.environ if name.startswith("MONITOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MONITOR_MODEL__KIND", "ngram")
    monkeypatch.setenv("MONITOR_WEB__SERVE_WITH_RUN", "true")
    monkeypatch.setenv("MONITOR_WEB__LISTEN_PORT", str(PAGES))
    monkeypatch.setenv("MONITOR_SERVICE__HEALTH_PORT", str(HEALTH))
    home = Home(tmp_path / "home")
    home.create()
    for path in (home.config / "sources").glob("*.toml"):
        path.write_text(
            path.read_text("utf-8").replace("enabled = true", 'enabled = false\nwhy_not = "test"')
        )
    subprocess.run(command(home.root, "init"), cwd=CHECKOUT, check=True, capture_output=True)
    return home.root


def test_of_two_services_one_works_and_the_other_takes_over_after_kill_minus_nine(
    home: Path, tmp_path: Path
) -> None:
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    first = start(home, logs[0])
    seen(logs[0], "state=active", 60)
    second = start(home, logs[1])
    seen(logs[1], "state=standby", 60)
    assert f":{first.pid}" in logs[1].read_text("utf-8")  # the standby says who works
    for words in (["doctor", "--quiet"], ["sources", "list"], ["job", "run", "crawl.poll"]):
        meanwhile = subprocess.run(
            command(home, *words), cwd=CHECKOUT, capture_output=True, timeout=120, check=False
        )
        assert b"locked" not in meanwhile.stderr
    asked = [(PAGES, "/sign-in"), (HEALTH, "/health/live"), (HEALTH, "/health/ready")]
    assert [answered(*one) for one in asked] == [200, 200, 200]
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert seen(logs[1], "state=active", 60) < 60
    for name, one in (("pages_served", asked[0]), ("health_served", asked[1])):  # taken over too
        seen(logs[1], name, 20)
        assert answered(*one) == 200
    app = App(Home(home), environment=False)
    with app.db.begin() as tx:
        holder = find_holder(tx, LEASE)
    app.close()
    assert holder is not None
    assert holder.pid == second.pid
    began = time.monotonic()
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=30) == 0
    assert time.monotonic() - began < 10


HANGING = """
import sys, threading
from datetime import timedelta
from functools import partial
from monitor.cli.commands import run
from monitor.cli.main import main
from monitor.jobs import Job
from monitor.service import service

service.STOP_S = 0.5
never = threading.Event()
hangs = Job("crawl.poll", "* * * * *", lambda app, progress: never.wait(), patience=timedelta(seconds=0.5))
run.Frame = partial(run.Frame, jobs=(hangs,))
main(sys.argv[1:])
"""


def test_a_process_whose_job_hangs_for_good_ends_with_3_so_that_another_is_started(home: Path) -> None:
    words = [sys.executable, "-c", HANGING, "--home", str(home), "run", "--tick", "0.1"]
    # a crontab's first tick comes within a minute: a process that begins right after one waits for the next
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, timeout=150, check=False)
    assert done.returncode == 3, done.stderr
    assert b"monitor: crawl.poll has made no progress" in done.stderr
