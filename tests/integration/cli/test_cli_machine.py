"""What the machine does to a command: SIGTERM, an output in another encoding, a disk that takes nothing."""

import errno
import io
import json
import os
import signal
from contextlib import redirect_stdout, suppress
from pathlib import Path

import pytest

from monitor.cli.commands import backup as commands
from monitor.cli.main import main
from monitor.wiring import backup as making
from tests.command import monitor


def test_sigterm_ends_a_command_by_that_signal_and_leaves_nothing_half_made(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    def shut_down(*_: object) -> None:
        (draft,) = folder.iterdir()
        assert len(list(draft.iterdir())) == 2  # room for the copy, and the file that is not whole yet
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(making, "dump", shut_down)
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            main(["--home", str(home), "backup", str(folder / "b.tar.gz")])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM
    assert list(folder.iterdir()) == []


def test_an_interruption_before_the_command_is_there_ends_it_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.cli.main.import_module", interrupted)
    with pytest.raises(SystemExit) as ended:
        main(["gaps"])
    assert ended.value.code == 130


def test_after_a_command_sigterm_is_what_it_was_before(home: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert monitor("subscribers", "list", home=home).code == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_output_that_lacks_our_letters_gets_their_numbers(home: Path) -> None:
    said = []
    for more in ([], ["--json"]):
        out = io.TextIOWrapper(io.BytesIO(), "latin-1", write_through=True)
        with redirect_stdout(out), pytest.raises(SystemExit) as ended:
            main(["--home", str(home), "register", "show", "AGR-0079", *more])
        assert ended.value.code == 0
        out.seek(0)
        said.append(out.read())
    plain, as_json = said
    assert "Соглашение".encode("latin-1", "backslashreplace").decode() in plain
    assert "Соглашение" in json.dumps(json.loads(as_json), ensure_ascii=False)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "monitor: there.json: No space left on device\n"),
        (errno.EROFS, "monitor: there.json: Read-only file system\n"),
    ],
)
def test_what_a_disk_refuses_is_said_in_its_words(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number), "there.json")

    monkeypatch.setattr(commands, "make_backup", refused)
    said = monitor("backup", "b.tar.gz", home=home)
    assert (said.code, said.out, said.err) == (3, "", told)


def test_another_error_of_the_system_keeps_its_traceback(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(commands, "make_backup", crash)
    with pytest.raises(OSError, match="Bad file descriptor"):
        monitor("backup", "b.tar.gz", home=home)
