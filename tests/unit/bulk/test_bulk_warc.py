"""Archives in every state are read record by record: nothing raises, nothing is unpacked without end."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.bulk.warc import Damaged, Held, Passed, Record, read_at, read_records
from monitor.core.ledger import Reason
from tests.make_warc import NOON, info, packed, record

CAP = 3000
PAGES = [record(f"http://paper.example/{n}", b"<html>%d</html>" % n) for n in range(5)]
STARTS = [sum(len(packed([one])) for one in PAGES[:n]) for n in range(6)]


def read(tmp_path: Path, content: bytes, *, after: int = -1) -> list[Record]:
    file = tmp_path / "one.warc.gz"
    file.write_bytes(content)
    return list(read_records(file, after=after, wanted=lambda *_: True, cap=CAP))


def told(records: list[Record]) -> list[tuple[int, object]]:
    """Offset and number of the page, or the reason."""
    return [
        (one.offset, int(one.body[6:-7]) if isinstance(one, Held) else one.reason)
        for one in records
        if not isinstance(one, Passed)
    ]


@pytest.mark.parametrize("pack", [packed, b"".join], ids=["packed", "plain"])
def test_every_answer_is_read_in_the_order_of_the_file(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    found = read(tmp_path, pack([info(), *PAGES]))
    assert [number for _, number in told(found)] == [0, 1, 2, 3, 4]
    first = found[0]
    assert isinstance(first, Held)
    assert (first.url, first.at, first.status) == ("http://paper.example/0", NOON, 200)
    assert first.content_type == "text/html; charset=utf-8"


def test_reading_goes_on_behind_the_record_that_was_done(tmp_path: Path) -> None:
    assert told(read(tmp_path, packed(PAGES), after=STARTS[2])) == [(STARTS[3], 3), (STARTS[4], 4)]
    assert read(tmp_path, packed(PAGES), after=STARTS[4]) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (packed(PAGES)[:-40], [(STARTS[n], n) for n in range(4)] + [(STARTS[4], Reason.BAD_ENCODING)]),
        (b"".join(PAGES)[:-9], [(n * len(PAGES[0]), n) for n in range(4)]
         + [(4 * len(PAGES[0]), Reason.BAD_ENCODING)]),
        (b"no archive at all " * 99, [(0, Reason.BAD_ENCODING)]),
        (b"", []),
    ],
    ids=["cut while packed", "cut", "junk", "empty"],
)  # fmt: skip
def test_a_file_that_is_cut_or_none_is_told_and_read_as_far_as_it_goes(
    tmp_path: Path, content: bytes, expected: list[tuple[int, object]]
) -> None:
    assert told(read(tmp_path, content)) == expected


def test_a_file_that_is_packed_as_a_whole_is_refused_since_it_could_not_be_resumed(tmp_path: Path) -> None:
    *_, last = read(tmp_path, gzip.compress(b"".join(PAGES)))
    assert isinstance(last, Damaged)
    assert last.detail == "packed as a whole and not record by record: unpack it first"


def test_behind_damage_the_next_record_is_found(tmp_path: Path) -> None:
    content = bytearray(packed(PAGES))
    middle = (STARTS[2] + STARTS[3]) // 2
    content[middle : middle + 4] = b"\xff\x00\xff\x00"
    assert told(read(tmp_path, bytes(content))) == [
        (STARTS[0], 0), (STARTS[1], 1), (STARTS[2], Reason.BAD_ENCODING), (STARTS[3], 3), (STARTS[4], 4),
    ]  # fmt: skip
    plain = b"".join([PAGES[0], b"rubbish", *PAGES[1:]])
    assert [what for _, what in told(read(tmp_path, plain))] == [0, Reason.BAD_ENCODING, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("odd", "reason", "words"),
    [
        (record("http://paper.example/b", b"0" * 40_000_000), Reason.TOO_LARGE, "announced"),
        (record("http://paper.example/l", b"0" * 90_000), Reason.TOO_LARGE, "bytes"),
        (record("http://paper.example/z", gzip.compress(b"0" * 9_000_000), more="Content-Encoding: gzip"),
         Reason.TOO_LARGE, "more than 3000 bytes"),
        (record("http://paper.example/e", b"abc", more="Content-Encoding: br"), Reason.BAD_ENCODING, "br"),
        (record("http://paper.example/s", b"abc", status="what"), Reason.BAD_ENCODING, "BadStatusLine"),
        (record("http://paper.example/h", b"abc", more="\n".join(f"X-{n}: 1" for n in range(200))),
         Reason.BAD_ENCODING, "more than 100 headers"),
    ],
    ids=["bomb", "large", "gzip in gzip", "coding", "status", "headers"],
)  # fmt: skip
def test_a_record_that_gives_no_page_costs_itself_only(
    tmp_path: Path, odd: bytes, reason: Reason, words: str
) -> None:
    found = read(tmp_path, packed([PAGES[0], odd, *PAGES[1:]]))
    lost = [one for one in found if isinstance(one, Damaged)]
    assert [(one.offset, one.reason) for one in lost] == [(STARTS[1], reason)]
    assert words in lost[0].detail
    assert [what for _, what in told(found) if isinstance(what, int)] == [0, 1, 2, 3, 4]


def test_chunked_answers_and_packed_bodies_are_unfolded(tmp_path: Path) -> None:
    chunked = b"7\r\n<html>8\r\n7\r\n</html>\r\n0\r\n\r\n"
    chunked = record("http://paper.example/8", chunked, more="Transfer-Encoding: chunked")
    zipped = record("http://paper.example/9", gzip.compress(b"<html>9</html>"), more="Content-Encoding: gzip")
    assert [what for _, what in told(read(tmp_path, packed([chunked, zipped])))] == [8, 9]


def test_what_nobody_wants_is_passed_without_its_body(tmp_path: Path) -> None:
    file = tmp_path / "one.warc.gz"
    file.write_bytes(packed(PAGES))
    late = datetime(2026, 11, 2, tzinfo=UTC)

    def wanted(url: str, at: datetime) -> bool:
        return url.endswith("/3") and at < late

    found = list(read_records(file, after=-1, wanted=wanted, cap=CAP))
    assert [type(one) for one in found] == [Passed, Passed, Passed, Held, Passed]
    assert {one.at for one in found} == {NOON}


@pytest.mark.parametrize("pack", [packed, b"".join], ids=["packed", "plain"])
def test_one_record_is_read_at_its_offset_and_nowhere_else(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "one.warc.gz"
    file.write_bytes(pack(PAGES))
    every = list(read_records(file, after=-1, wanted=lambda *_: True, cap=CAP))
    with file.open("rb") as opened:
        assert [read_at(opened, one.offset, cap=CAP) for one in reversed(every)] == every[::-1]
        for offset in (every[1].offset + 1, every[4].offset - 1, file.stat().st_size, 10**9):
            found = read_at(opened, offset, cap=CAP)
            assert isinstance(found, Damaged)
            assert (found.offset, found.reason) == (offset, Reason.BAD_ENCODING)


def test_a_record_that_is_cut_or_too_large_now_is_told(tmp_path: Path) -> None:
    file = tmp_path / "one.warc.gz"
    file.write_bytes(packed(PAGES)[:-40])
    with file.open("rb") as opened:
        told = [read_at(opened, STARTS[4], cap=CAP), read_at(opened, STARTS[3], cap=5)]
    assert [(one.offset, one.reason) for one in told if isinstance(one, Damaged)] == [
        (STARTS[4], Reason.BAD_ENCODING),
        (STARTS[3], Reason.TOO_LARGE),
    ]
