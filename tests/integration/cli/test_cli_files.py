"""Files that commands write and read, where they are none: pipes, links, ways that lead through a file."""

import io
import os
import threading
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from monitor.cli.main import main
from tests.command import monitor


def test_a_pipe_is_written_and_stays_one(home: Path, tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe.csv", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    said = monitor("register", "export", "--out", pipe, home=home)
    reader.join(timeout=20)
    assert (said.code, said.out, pipe.is_fifo()) == (0, "501 agreements\n", True)
    assert got[0].count(b"\nAGR-") == 501
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_what_a_link_leads_to_is_written_and_the_link_stays(home: Path, tmp_path: Path) -> None:
    (tmp_path / "sources.opml").write_text("an older list")
    link = tmp_path / "link.opml"
    link.symlink_to(tmp_path / "sources.opml")
    assert monitor("sources", "export", "--out", link, home=home).code == 0
    assert link.is_symlink()
    assert (tmp_path / "sources.opml").read_bytes().startswith(b"<?xml")


def test_a_list_of_feeds_goes_to_the_output_and_what_is_said_of_it_beside(home: Path) -> None:
    said = monitor("sources", "export", "--out", "-", home=home)
    assert (said.code, said.err) == (0, "193 feeds of 193 sources\n")
    assert said.out.count(" xmlUrl=") == 193
    assert list(Path.cwd().iterdir()) == []


def test_a_place_that_holds_no_file_is_told_as_such(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out, told in (
        (tmp_path / "file" / "x.csv", "Not a directory"),
        (tmp_path / "none" / "x.csv", "No such file or directory"),
        (tmp_path / ("x" * 300 + ".csv"), "File name too long"),
        (tmp_path, "Is a directory"),
    ):
        said = monitor("register", "export", "--format", "csv", "--out", out, home=home)
        assert (said.code, said.out, said.err) == (3, "", f"monitor: {out}: cannot be written: {told}\n")


@pytest.mark.parametrize("words", [("job", "list"), ("extract", "--in", "pages.jsonl", "--out", "-")])
def test_a_reader_of_the_output_who_goes_away_is_no_finding(words: tuple[str, ...], home: Path) -> None:
    Path("pages.jsonl").write_text("{}\n")
    reading, writing = os.pipe()
    os.close(reading)
    out, err = io.TextIOWrapper(os.fdopen(writing, "wb", buffering=0), write_through=True), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(["--home", str(home), *words])
    out.close()
    assert (ended.value.code, err.getvalue()) == (0, "")
