"""Pages in worker processes: the order of the answers, and what a hostile page costs."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.articles.boilerplate import PageRules
from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.selectors import PageSelectors
from monitor.articles.types import Extracted
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.workers import Unread, WorkerBroken

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
RULES = ReadingRules(PageRules(end_headings=("читайте также",)), {"лістапада": 11})
HOSTILE = (sys.executable, str(Path(__file__).resolve().parents[2] / "hostile_worker.py"))
URL = PageUrl("http://gorki.example/1")
Make = Callable[..., ExtractPool]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[ExtractPool] = []

    def pool(
        *, workers: int = 1, deadline_s: float = 20, memory_mb: int = 1024, **options: object
    ) -> ExtractPool:
        given = {"command": HOSTILE, **options}
        made.append(ExtractPool(RULES, workers=workers, deadline_s=deadline_s, memory_mb=memory_mb, **given))  # type: ignore[arg-type]
        return made[-1]

    yield pool
    for one in made:
        one.close()


def page(text: str, title: str = "") -> RawPage:
    return RawPage(text.encode(), URL, "Europe/Minsk", NOW, feed_title=title)


def ask(pool: ExtractPool, *texts: str) -> list[Extracted | Unread]:
    futures = [pool.submit(page(text)) for text in texts]
    return [future.result() for future in futures]


def texts(found: list[Extracted | Unread]) -> list[str]:
    return [one.text if isinstance(one, Extracted) else one.reason.value for one in found]


def test_every_field_of_a_page_and_of_its_answer_survives_the_way(make: Make) -> None:
    found = make().submit(page("Текст\u2028с краем.", "Заголовок «в ёлочках»")).result()
    assert isinstance(found, Extracted)
    assert found == Extracted(
        "Заголовок «в ёлочках»", "Текст\u2028с краем.", found.author, NOW, "meta", "ru", URL, 0.5, None
    )


def test_a_page_that_hangs_is_given_up_and_the_next_one_is_read(make: Make) -> None:
    began = time.monotonic()
    found = ask(make(deadline_s=0.5), "one", "hang", "two", "spin", "three")
    assert texts(found) == ["one", "timeout", "two", "timeout", "three"]
    assert found[1] == Unread(Reason.TIMEOUT, "no answer in 0.5 s")
    assert time.monotonic() - began < 10


def test_a_page_that_ends_its_worker_is_a_crash_with_its_signal(make: Make) -> None:
    found = ask(make(), "segfault", "one", "exit", "two")
    assert found[0] == Unread(Reason.CRASHED, f"the worker died: signal {signal.SIGSEGV.value}")
    assert found[2] == Unread(Reason.CRASHED, "the worker died: exit 7")
    assert texts(found[1::2]) == ["one", "two"]


def test_a_fault_of_ours_is_named_and_keeps_its_worker(make: Make) -> None:
    found = ask(make(), "one", "raise", "two")
    assert found[1] == Unread(Reason.CRASHED, "ZeroDivisionError: a bug")
    assert [one.author for one in found[::2] if isinstance(one, Extracted)].count(found[0].author) == 2  # type: ignore[union-attr]


def test_a_page_that_eats_memory_is_a_crash_and_its_worker_is_replaced(make: Make) -> None:
    found = ask(make(memory_mb=1024), "one", "eat", "two")
    why = "MemoryError: more memory was needed than a worker may have"
    assert found[1] == Unread(Reason.CRASHED, why)
    pids = [one.author for one in found if isinstance(one, Extracted)]
    assert len(set(pids)) == 2


def test_what_a_library_prints_does_not_come_between_the_answers(make: Make) -> None:
    assert texts(ask(make(), "print", "one", "print")) == ["print", "one", "print"]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_answers_come_in_order_however_many_workers_there_are(make: Make, workers: int) -> None:
    pool = make(workers=workers)
    asked = [f"late{0.02 * (n % 3)}" for n in range(18)]
    assert texts(ask(pool, *asked)) == asked
    assert pool.n_workers == workers


def test_few_pages_start_one_worker_and_none_are_started_for_nothing(make: Make) -> None:
    pool = make(workers=3)
    assert pool.n_workers == 0
    assert texts(ask(pool, "one", "two")) == ["one", "two"]
    assert pool.n_workers == 1


def test_a_worker_that_cannot_start_is_told_and_not_tried_for_ever(make: Make) -> None:
    pool = make(command=(*HOSTILE, "broken"))
    with pytest.raises(WorkerBroken, match="cannot be started: the worker died: exit 3"):
        ask(pool, "one")
    assert pool.n_workers == 0


def test_an_ended_pool_leaves_no_process_behind(make: Make) -> None:
    pool = make(workers=2)
    pids = {one.author for one in ask(pool, *["late0.05"] * 12) if isinstance(one, Extracted)}
    assert len(pids) == 2
    pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


def test_closing_does_not_wait_for_a_page_that_hangs(make: Make) -> None:
    pool = make(deadline_s=30)
    assert texts(ask(pool, "one")) == ["one"]
    hanging, waiting = pool.submit(page("hang")), pool.submit(page("two"))
    time.sleep(0.2)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 5
    assert hanging.result() == Unread(Reason.CRASHED, f"the worker died: signal {signal.SIGKILL.value}")
    assert waiting.cancelled()


def test_no_setting_or_password_reaches_a_worker(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE__URL", "postgresql://secret@db/x")
    found = ask(make(), "one")[0]
    assert isinstance(found, Extracted)
    environment = Path(f"/proc/{found.author}/environ").read_bytes()
    assert b"PATH=" in environment and b"secret" not in environment


STORY = (
    "<html><head><title>Делегация в Горках</title></head><body><nav><a href='/a'>Главная</a></nav>"
    "<div id='s'><h1>Делегация в Горках</h1><p>"
    "Делегация Смоленской области побывала в Горках и подписала план {n}.</p>"
    "<p>Гости осмотрели академию и молочный завод, рассказали в райисполкоме.</p><p>Читайте также</p>"
    "<p>Другая новость района, которой здесь не место.</p></div></body></html>"
)


def test_the_extractor_gives_the_same_answers_with_one_two_and_three_workers() -> None:
    pages = [
        RawPage(STORY.format(n=n).encode(), URL, "Europe/Minsk", NOW, selectors=PageSelectors(text="#s"))
        for n in range(24)
    ]
    answers = []
    for workers in (1, 2, 3):
        pool = ExtractPool(RULES, workers=workers, deadline_s=20, memory_mb=1024)
        futures = [pool.submit(one) for one in pages]
        answers.append([future.result() for future in futures])
        pool.close()
    assert answers[0] == answers[1] == answers[2]
    assert texts(answers[0])[7] == (
        "Делегация Смоленской области побывала в Горках и подписала план 7.\n"
        "Гости осмотрели академию и молочный завод, рассказали в райисполкоме."
    )
