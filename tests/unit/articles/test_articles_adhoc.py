"""Stored pages in, answers out: the same order, every bad line named, nothing that raises."""

import json
import os
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.articles.adhoc import StoredPage, answers
from monitor.articles.types import Extracted
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.workers import Unread
from tests.command import monitor

STORY = (
    "<html lang=ru><head><title>Делегация в Горках</title>"
    '<link rel="canonical" href="/news/1">'
    '<meta property="article:published_time" content="2026-11-12T10:00:00+03:00">'
    "</head><body><article><h1>Делегация в Горках</h1><p>Делегация Смоленской области побывала в Горках и "
    "подписала план сотрудничества на два года.</p><p>Гости осмотрели академию и молочный завод, "
    "рассказали в райисполкоме.</p></article></body></html>"
)


def read(page: StoredPage) -> Future[Extracted | Unread]:
    answer: Future[Extracted | Unread] = Future()
    at = datetime(2026, 11, 12, 7, tzinfo=UTC)
    own = PageUrl("http://a.example/c")
    found = Extracted("T", page.body.decode(), "А", at, "meta", "ru", own, 0.5, None)
    answer.set_result(UNREAD.get(page.body, found))
    return answer


UNREAD = {
    b"crash": Unread(Reason.CRASHED, "the worker died: signal 11"),
    b"hang": Unread(Reason.TIMEOUT, "no answer in 30 s"),
}


def ask(folder: Path, *rows: dict[str, Any] | bytes, max_bytes: int = 100) -> list[dict[str, Any]]:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    return list(answers(lines, folder, read=read, max_bytes=max_bytes))


def row(path: str, **changes: Any) -> dict[str, Any]:
    return {"id": "1", "url": "http://a.example/1", "path": path, **changes}


def test_an_answer_has_every_field(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.html").write_text("текст", "utf-8")
    assert ask(tmp_path, row("pages/1.html")) == [
        {
            "id": "1",
            "title": "T",
            "text": "текст",
            "author": "А",
            "published": "2026-11-12T07:00:00+00:00",
            "published_from": "meta",
            "lang": "ru",
            "canonical_url": "http://a.example/c",
            "quality": 0.5,
            "reason": None,
        }
    ]


def test_a_page_that_cannot_be_used_says_why_and_the_next_one_is_read(tmp_path: Path) -> None:
    for name, body in (("large", b"x" * 101), ("crash", b"crash"), ("hang", b"hang"), ("good", b"good")):
        (tmp_path / name).write_bytes(body)
    found = ask(tmp_path, row("large"), b"\n", row("crash"), row("hang"), row("good"))
    assert [(one["reason"], one["text"]) for one in found] == [
        ("too_large", ""),
        ("crashed", ""),
        ("timeout", ""),
        (None, "good"),
    ]


def test_every_bad_line_has_its_number_and_reason(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    bad: dict[str, dict[str, Any] | bytes] = {
        "not UTF-8 at byte 0": b"\xff",
        "not JSON: Expecting value: line 1 column 1 (char 0)": b"<html>",
        "not a JSON object": b"[]",
        "id must be a string": row("here", id=7),
        "id holds a character that cannot be shown": row("here", id="\ud800"),
        "url is not a http or https address": row("here", url="file:///etc/passwd"),
        "path must be a string": {"id": "1", "url": "http://a.example/"},
        "path cannot be read: No such file or directory": row("none.html"),
        "path is no file": row("pipe"),
        "embedded null byte": row("a\x00b"),
        "more than 1000000 bytes": b" " * 999_999 + b'{"a"',
    }
    found = ask(tmp_path, *bad.values())
    assert found == [{"id": None, "line": n, "reason": why} for n, why in enumerate(bad, 1)]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    hostile = {
        "deep": b"<div>" * 50_000,
        "zeros": b"\x00" * 10_000,
        "image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
        "empty": b"",
        "entities": b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>',
        "story": STORY.encode(),
    }
    for name, body in hostile.items():
        (tmp_path / name).write_bytes(body)
    rows = [{"id": name, "url": f"http://a.example/{name}", "path": name} for name in hostile]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\nno json\n")
    return tmp_path


def test_the_command_answers_hostile_pages_and_exits_1_for_a_bad_line(pages: Path) -> None:
    said = monitor("extract", "--in", pages / "in.jsonl", "--out", pages / "out.jsonl")
    found = [json.loads(line) for line in (pages / "out.jsonl").read_text("utf-8").splitlines()]
    assert said.code == 1
    assert [(one["id"], one["reason"]) for one in found[:5]] == [
        ("deep", "no_text"),
        ("zeros", "not_html"),
        ("image", "not_html"),
        ("empty", "no_text"),
        ("entities", "no_text"),
    ]
    story = found[5]
    assert (story["title"], story["published"], story["canonical_url"], story["lang"], story["reason"]) == (
        "Делегация в Горках",
        "2026-11-12T07:00:00+00:00",
        "http://a.example/news/1",
        "ru",
        None,
    )
    assert story["text"].startswith("Делегация Смоленской области")
    assert found[6] == {
        "id": None,
        "line": 7,
        "reason": "not JSON: Expecting value: line 1 column 1 (char 0)",
    }
