"""Logs: one line an event, a traceback where something crashed, and no value that the code held."""

import io
import logging
import re
import sys
from collections.abc import Iterator

import pytest
import structlog

from monitor.core import log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def crash(password: str) -> None:
    held = {"token": password}
    raise RuntimeError(f"could not log in as {len(held)} user")


def test_a_crash_is_told_with_its_lines_but_without_local_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "-".join(("secret", "word"))  # a traceback quotes the lines of the code, these too
    log.configure(verbose=True)
    try:
        crash(secret)
    except RuntimeError:
        structlog.get_logger("t").exception("item_crashed", item="a")
    said = capsys.readouterr()
    assert said.out == ""
    assert "event=item_crashed" in said.err
    assert "item=a" in said.err
    assert "in crash" in said.err
    assert "RuntimeError: could not log in as 1 user" in said.err
    assert secret not in said.err


def test_warnings_are_always_told_and_the_rest_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    for verbose, expected in ((False, ["event=warned"]), (True, ["event=told", "event=warned"])):
        log.configure(verbose=verbose)
        events = structlog.get_logger("t")
        events.info("told", n=1)
        events.warning("warned", why="a b")
        lines = capsys.readouterr().err.splitlines()
        assert [
            next(part for part in line.split() if part.startswith("event=")) for line in lines
        ] == expected
        assert lines[-1].startswith("timestamp=")
        assert ' level=warning event=warned why="a b"' in lines[-1]


def test_libraries_that_cry_over_pages_without_text_are_not_heard(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(verbose=True)
    logging.getLogger("trafilatura.core").error("discarding data")
    logging.getLogger("another").warning("heard")
    assert capsys.readouterr().err == "WARNING:another:heard\n"


class FullDisk(io.StringIO):
    """A stream that takes nothing while it is full."""

    is_full = True

    def write(self, text: str) -> int:
        if self.is_full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_a_log_on_a_full_disk_stops_nobody_and_tells_later_how_much_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = FullDisk()
    monkeypatch.setattr(sys, "stderr", disk)
    log.configure(verbose=True)
    events = structlog.get_logger("t")
    events.error("job_failed")
    events.bind(job="a").warning("again")
    disk.is_full = False
    events.info("room")
    events.info("more")
    told = [re.findall("event=([a-z_]+)(?: n=([0-9]+))?", line)[0] for line in disk.getvalue().splitlines()]
    assert told == [("room", ""), ("log_lines_lost", "2"), ("more", "")]
