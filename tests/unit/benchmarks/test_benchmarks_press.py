"""The benchmarks' press: as heavy as it says, the same at every call, and moving with its clock."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.press import START, Plan, RunningPress, corpus, host_of, running
from benchmarks.press_pages import PAGE_BYTES, Calendar, Paper, load_words


@pytest.fixture(scope="module")
def paper() -> Paper:
    words = load_words(corpus())["ru"]
    return Paper(
        7, "http://paper-0007.example:80", words, Calendar(datetime(2026, 11, 2, tzinfo=UTC), a_day=4), 7
    )


def test_a_page_has_its_weight_mostly_around_the_story(paper: Paper) -> None:
    pages = [paper.page(number) for number in range(5)]
    assert all(abs(len(page) - PAGE_BYTES) < 1000 for page in pages)
    story = "".join(paper.story(2).paragraphs)
    assert 2500 <= len(story) <= 3000 and paper.story(2).paragraphs[3] in pages[2].decode()
    assert paper.page(2) == pages[2] and len(set(pages)) == 5


def test_a_paper_prints_on_as_its_clock_goes(paper: Paper) -> None:
    start = datetime(2026, 11, 2, tzinfo=UTC)
    assert [paper.printed(start + timedelta(hours=h)) for h in (0, 5, 12, 24)] == [10, 11, 12, 14]
    newest = paper.feed(12).decode().index("/news/11/")
    assert newest < paper.feed(12).decode().index("/news/10/")


def test_the_press_answers_by_host_and_clock_and_says_what_was_asked() -> None:
    with running(Plan(3, a_day=24)) as press:
        first = _get(press, 1, "/feed")
        press.told(START + timedelta(hours=3))
        assert _get(press, 1, "/feed") != first
        assert _get(press, 2, "/robots.txt").endswith(b"Disallow: /*?print=\n")
        assert press.told()["asked"] == {"feed": 2, "robots": 1}
        assert press.resolve(host_of(0), 80) == [("127.0.0.1", press.port)]
        with pytest.raises(OSError, match="no host"):
            press.resolve("belta.by", 80)


def _get(press: RunningPress, number: int, path: str) -> bytes:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", press.port, timeout=10)
    connection.request("GET", path, headers={"Host": host_of(number)})
    body = connection.getresponse().read()
    connection.close()
    return body
