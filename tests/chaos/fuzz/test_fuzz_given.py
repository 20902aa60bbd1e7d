"""What people hand to commands, bent: facts, an audit's sheet, lines to tag or extract, archives, backups."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import strategies as st

from monitor.articles import adhoc as pages
from monitor.bulk.warc import read_records
from monitor.core import archive
from monitor.core.errors import InputError, OutsideError
from monitor.gaps.facts import facts_json
from monitor.gaps.world import COLUMNS
from monitor.linking import adhoc as texts
from monitor.review.sheet import ASKED, GIVEN, NEEDED, Said, read_sheet, write_sheet
from tests.chaos.fuzz.bending import bent, bent_rows, for_a_while, told
from tests.chaos.fuzz.test_fuzz_readers import HTML, JSON
from tests.make_warc import info, packed, record
from tests.unit.review.test_review_sheet import KNOWN, PLAN, ROW

pytestmark = pytest.mark.slow
FACTS = {
    "agreements.csv": (
        "A1,F1,city,government,PL,s t,ru,2,0,\nA2,F1,city,other,RU,s,be,1,,9\nA3,F,region,company,,t,ru,4,,\n"
    ),
    "sources.csv": "".join(f"{s},{week},{o}\n" for week in range(12) for s, o in (("s", 1), ("t", 0.5))),
    "found.csv": "A1,3,s,2\nA2,4,s,1\nA3,11,t,1\n",
    "audit.csv": "ru,20,16,20,19\n",
}
WARC = (
    record("http://p.example/1", "<p>Горки и Псков подписали протокол.</p>".encode()),
    record("http://p.example/2", b"\x1f\x8b\x08", more="Content-Encoding: gzip"),
    record("http://p.example/3", b"4\r\nabcd\r\n0\r\n\r\n", more="Transfer-Encoding: chunked"),
)
CSV = [b",", b";", b"\n", b"\r", b'"', b'""', b"-1", b"1e9", b"nan", "½".encode(), "٣".encode(), b"9" * 30]
HEADS = [
    *(b"WARC/1.0\r\n", b"\r\n\r\n", b"\r\n", b"Content-Length: 99999999999", b"HTTP/1.1 200"),
    *(b"WARC-Date: 0000-00-00T99:99:99Z", b"WARC-Target-URI: http://[", b"Content-Encoding: br\r\n"),
    b"Transfer-Encoding: chunked\r\n",
]


def as_json_lines(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_sheet(said: Sequence[Said]) -> bytes:
    """What was taken from a sheet, filled in as people do."""
    yes, no, none = min(PLAN.yes), min(PLAN.no), min(PLAN.none)
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow((*NEEDED, "topics", "correct", "note"))
    for one in said:
        answer, (article, _) = one.answer, KNOWN.items[one.item]
        topics = "" if answer.topics is None else " ".join(answer.topics) or none
        found = (yes if answer.cooperation else no, " ".join(answer.agreements) or none, topics)
        rows.writerow((one.item, article, *found, yes if answer.corrects else no, f"'{answer.note}"))
    return out.getvalue().encode()


def test_facts_are_answered_or_refused_by_file_and_line(tmp_path: Path) -> None:
    sound = {name: (",".join(COLUMNS[name]) + "\n" + rows).encode() for name, rows in FACTS.items()}
    for name, body in sound.items():
        (tmp_path / name).write_bytes(body)
    given = st.sampled_from(sorted(sound)).flatmap(
        lambda name: st.tuples(st.just(name), bent([sound[name]], CSV))
    )

    def check(drawn: tuple[str, bytes]) -> None:
        name, body = drawn
        (tmp_path / name).write_bytes(body)
        try:
            for row in facts_json(tmp_path)["rows"]:
                assert 0 <= row["lo"] <= row["hi"]
                assert abs(sum(row["pmf"]) - 1) < 0.002
        except InputError as refused:
            assert all(problem.where.startswith(str(tmp_path)) for problem in refused.problems)
            str(refused).encode()
        finally:
            (tmp_path / name).write_bytes(sound[name])

    told(for_a_while(given, check), "facts")


def test_an_audit_sheet_is_taken_whole_or_refused_by_row() -> None:
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";")
    rows.writerows([(*GIVEN, *ASKED), (1, 11, *[""] * 7, "да", "AGR-0001", "trade", "", "верно")])
    sound = [write_sheet([ROW]), out.getvalue().encode(), out.getvalue().encode("utf-16")]

    def check(body: bytes) -> None:
        try:
            said, n_open = read_sheet(body, "a.csv", PLAN, KNOWN)
        except InputError as refused:
            assert all(problem.where.startswith("a.csv") for problem in refused.problems)
            str(refused).encode()
            return
        assert len({one.item for one in said}) == len(said)  # of two answers to one item none was dropped
        n_lines = body.count(b"\n") + body.count(b"\r") + 1
        assert len(said) + n_open < n_lines  # the first is the header's: no row was made up
        for one in said:
            assert set(one.answer.agreements) <= KNOWN.agreements
            assert set(one.answer.topics or ()) <= KNOWN.topics
        again, n_left = read_sheet(as_sheet(said), "a.csv", PLAN, KNOWN)
        assert ([(o.item, o.answer) for o in again], n_left) == ([(o.item, o.answer) for o in said], 0)

    told(for_a_while(bent(sound, CSV), check), "audit sheets")


@pytest.mark.parametrize("command", ["tag", "extract"])
def test_a_line_is_answered_by_an_id_that_can_be_written_or_by_its_number(
    command: str, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>a</p>")
    rows: list[dict[str, object]] = [
        {"id": "a", "title": "Горки", "text": "Псков", "lang": "ru", "published": "2026-01-02"},
        {"id": "b", "url": "http://p.example/1", "path": "a.html", "outlet_region": None},
    ]
    read: Callable[[bytes], object] = {
        "tag": lambda line: texts.read_line(1, line, lambda _: None),
        "extract": lambda line: pages.read_line(1, line, tmp_path, 1_000),
    }[command]
    given = bent([as_json_lines(rows)], JSON) | bent_rows(rows).map(as_json_lines)

    def check(body: bytes) -> None:
        for line in body.split(b"\n"):
            found = read(line)
            if isinstance(found, texts.Item):
                "".join((found.id, found.title, found.text, found.lang)).encode()
            elif isinstance(found, pages.StoredPage):
                "".join((found.id, found.url)).encode()
            else:
                str(getattr(found, "reason")).encode()  # noqa: B009 - of either room's bad line

    told(for_a_while(given, check), f"lines of {command}")


def test_an_archive_of_pages_gives_records_and_what_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    sound = [b"".join((info(), *WARC)), packed((info(), *WARC))]

    def check(body: bytes) -> None:
        path.write_bytes(body)
        found = list(read_records(path, after=-1, wanted=lambda *_: True, cap=10_000))
        offsets = [one.offset for one in found]
        assert offsets == sorted(offsets)
        assert all(0 <= offset <= len(body) for offset in offsets)

    told(for_a_while(bent(sound, [*HEADS, *HTML[:4]]), check), "archives")


def test_a_backup_is_whole_or_refused(tmp_path: Path) -> None:
    made, path = tmp_path / "sound", tmp_path / "bent"
    with archive.writing(made) as out:
        out.add_bytes("config/settings.toml", b"[crawl]\n")
        out.add_bytes("database/articles.csv", b"1,2\n" * 200)
        out.finish({"format": 1})
    sound = made.read_bytes()

    def check(body: bytes) -> None:
        path.write_bytes(body)
        try:
            _, members = archive.verify(path)
        except (InputError, OutsideError) as refused:
            assert str(path) in str(refused)
            return
        assert {one.name for one in members} == {"config/settings.toml", "database/articles.csv"}

    told(for_a_while(bent([sound], [sound[:40]]), check), "backups")
