"""Reading pages: the extraction step against trafilatura and newspaper4k called plainly, on the same pages.

Pages of 100 KB of the benchmarks' press, each side in the same number of processes, turn and turn about. Ours
gives title, author, date, language and canonical address besides the text, in processes with a deadline and a
limit of memory; the peers give the text.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.beside import ask_peer, ratios, spread
from benchmarks.names import NOWHERE
from benchmarks.press_pages import Calendar, Paper, load_words
from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.worker import reader_of
from monitor.core.home import Home
from monitor.core.ids import PageUrl
from monitor.wiring import App
from monitor.wiring.models import SHIPPED_CORPUS
from monitor.wiring.reading import extract_pool, reading_rules

_PAGES = 400
_PAPERS = 40
_ROUNDS = 3
_START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
_PEERS = ("trafilatura", "newspaper4k")


def run(seed: int, *, pages: int = _PAGES, peers: bool = False) -> dict[str, Any]:
    """Pages a second and CPU milliseconds a page, text F1 over words, times as fast as each peer.

    trafilatura is a dependency of ours and always beside; newspaper4k with `peers`.
    """
    app = App(Home(NOWHERE), environment=False)
    made = made_pages(seed, pages)
    truth = [story for _, story in made]
    rules, processes = reading_rules(app.home.config), os.cpu_count() or 1
    ours: dict[str, list[float]] = {"wall_s": [], "cpu_s": []}
    theirs: dict[str, list[dict[str, Any]]] = {name: [] for name in (_PEERS if peers else _PEERS[:1])}
    texts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for n, (page, _) in enumerate(made):
            (Path(folder) / f"{n:05d}.html").write_bytes(page.body)
        for _ in range(_ROUNDS):
            for name, answers in theirs.items():
                own = {"python": sys.executable} if name == "trafilatura" else {}
                answers.append(ask_peer("extract_peer.py", folder, name, str(processes), **own))
            pool = extract_pool(app.settings.extract, app.home.config)
            ours["wall_s"].append(seconds_of(pool, [page for page, _ in made], warm=16))
            cpu_s, texts = _here(rules, [page for page, _ in made])
            ours["cpu_s"].append(cpu_s)
    app.close()
    return {
        "pages": pages,
        "processes": processes,
        "ours": _told(pages, ours["wall_s"], ours["cpu_s"], _mean_f1(texts, truth)),
        **{name: _against(pages, answers, ours, truth) for name, answers in theirs.items()},
    }


def made_pages(seed: int, n: int) -> list[tuple[RawPage, str]]:
    """Pages of the benchmarks' press and the story that each holds."""
    words = load_words(SHIPPED_CORPUS)
    calendar = Calendar(_START, -(-n // _PAPERS), 0)
    found = []
    for at in range(n):
        number, story = at % _PAPERS, at // _PAPERS
        paper = Paper(number, f"http://paper-{number:04d}.example", words["be" if number % 4 == 0 else "ru"],
                      calendar, seed)  # fmt: skip
        page = RawPage(paper.page(story), PageUrl(paper.address(story)), "Europe/Minsk", _START)
        found.append((page, "\n".join(paper.story(story).paragraphs)))
    return found


def seconds_of(pool: ExtractPool, pages: Sequence[RawPage], *, warm: int) -> float:
    """Seconds by the clock for all pages, after so many were read unmeasured; closes the pool."""
    try:
        for early in [pool.submit(page) for page in pages[:warm]]:
            early.result()
        began = time.perf_counter()
        for answer in [pool.submit(page) for page in pages]:
            answer.result()
        return time.perf_counter() - began
    finally:
        pool.close()


def _here(rules: ReadingRules, pages: list[RawPage]) -> tuple[float, list[str]]:
    """CPU seconds of all pages in this process, and their texts."""
    read = reader_of(rules)
    read(pages[0])
    began = time.process_time()
    texts = [read(page).text for page in pages]
    return time.process_time() - began, texts


def _told(n: int, wall_s: list[float], cpu_s: list[float], f1: float) -> dict[str, Any]:
    return {
        "pages_a_second": spread([n / one for one in wall_s]),
        "cpu_ms_a_page": spread([1000 * one / n for one in cpu_s]),
        "text_f1": round(f1, 3),
    }


def _against(
    n: int, answers: list[dict[str, Any]], ours: dict[str, list[float]], truth: list[str]
) -> dict[str, Any]:
    if "missing" in answers[0]:
        return {"missing": answers[0]["missing"]}
    wall_s, cpu_s = ([one[what] for one in answers] for what in ("wall_s", "cpu_s"))
    return {
        "version": answers[0]["version"],
        **_told(n, wall_s, cpu_s, _mean_f1(answers[0]["texts"], truth)),
        "times_as_fast": ratios(wall_s, ours["wall_s"]),
        "times_as_fast_by_cpu": ratios(cpu_s, ours["cpu_s"]),
    }


def _mean_f1(texts: list[str], truth: list[str]) -> float:
    return sum(_f1(text, story) for text, story in zip(texts, truth, strict=True)) / len(truth)


def _f1(text: str, story: str) -> float:
    """Of the words, each as often as it stands there."""
    found, wanted = Counter(text.split()), Counter(story.split())
    right = (found & wanted).total()
    return 2 * right / max(1, found.total() + wanted.total())
