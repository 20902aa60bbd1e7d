"""All hostile cases, and the table of them for the operator: `python -m tests.chaos.hostile.catalogue`."""

import sys
from pathlib import Path

from tests.chaos.hostile import addresses, bodies, manners, markup, pages, wire
from tests.chaos.hostile.case import Case

DOCUMENT = Path(__file__).parents[3] / "docs" / "running" / "hostile.md"
ROOMS = (
    ("Protocol, connection and clock", wire.CASES),
    ("Addresses where nothing may be fetched", addresses.CASES),
    ("Packed and oversized bodies", bodies.CASES),
    ("Markup of feeds and lists", markup.CASES),
    ("robots.txt, waiting and lists", manners.CASES),
    ("Pages", pages.CASES),
)
CASES: tuple[Case, ...] = tuple(case for _, cases in ROOMS for case in cases)
_HEAD = """# What hostile and broken servers come to

Each line is a server of `tests/chaos/hostile/` that the crawl meets over real sockets, with a database and
its ledger behind it. The reason is the one that the ledger holds afterwards; what to do about it stands in
[sources.md](sources.md). No case may take longer than some seconds, swell the memory, or reach an address, a
file or a name beside its own server. This page is made from the cases
(`python -m tests.chaos.hostile.catalogue --write`), and a test compares.
"""
_COLUMNS = "| case | the server | ends at | reason | the operator reads |\n|---|---|---|---|---|\n"


def document() -> str:
    """The whole page."""
    tables = (f"\n## {title}\n\n{_COLUMNS}{''.join(map(_line, cases))}" for title, cases in ROOMS)
    reasons = sorted({case.reason.value for case in CASES})
    listed = ", ".join(f"`{reason}`" for reason in reasons)
    return f"{_HEAD}\n{len(CASES)} cases, {len(reasons)} reasons: {listed}.\n{''.join(tables)}"


def _line(case: Case) -> str:
    says = case.says.replace("|", "\\|")
    shown = f"... {says} ..." if says else ""
    does = case.does.replace("|", "\\|")
    return f"| {case.name} | {does} | {case.at.value} | `{case.reason.value}` | {shown} |\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(document(), "utf-8")
    else:
        sys.stdout.write(document())
