"""Every ending of every fetch is one value with one writer: read off the program's own source."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import monitor

ROOT = Path(monitor.__file__).parent
WRITES = frozenset({"insert", "update", "delete", "upsert"})


class Part(NamedTuple):
    """One function or constant of the program: its file below monitor/, its name and what it mentions."""

    file: str
    name: str
    calls: frozenset[str]  # last words of what it calls
    written: frozenset[str]  # tables that it inserts into, updates or deletes from
    names: frozenset[str]
    stages: frozenset[str]  # of the ledger


@cache
def parts() -> tuple[Part, ...]:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        if file.startswith("shipped/"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found += [part(file, node.targets[0].id, node) for node in tree.body if is_constant(node)]  # type: ignore[attr-defined]
        functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        found += [part(file, node.name, node) for node in functions]
    return tuple(found)


def is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)


def part(file: str, name: str, node: ast.AST) -> Part:
    nodes = list(ast.walk(node))
    calls = [n for n in nodes if isinstance(n, ast.Call)]
    writing = [n for n in calls if called(n) in WRITES]
    return Part(
        file=file,
        name=name,
        calls=frozenset(map(called, calls)),
        written=frozenset(arg.id for n in writing for arg in n.args if isinstance(arg, ast.Name)),
        names=frozenset(n.id for n in nodes if isinstance(n, ast.Name)),
        stages=frozenset(
            n.attr
            for n in nodes
            if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "Stage"
        ),
    )


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def users(does: Callable[[Part], bool]) -> set[tuple[str, str]]:
    """The parts that do something; for private ones the public functions of their file that use them."""
    found = {one for one in parts() if does(one)}
    while private := {one for one in found if one.name.startswith("_")}:
        inner = {(one.file, one.name) for one in private}
        outer = {one for one in parts() if any((one.file, name) in inner for name in one.names)}
        found = (found - private) | {one for one in outer if one not in private}
    return {(one.file, one.name) for one in found}


def callers(name: str) -> set[tuple[str, str]]:
    return {(one.file, one.name) for one in parts() if name in one.calls}


POLL, PAGE = ("crawl/store.py", "record_poll"), ("crawl/page_store.py", "record_page")
# The other way in: pages and days out of archives, which nobody asked a server for.
ARCHIVED = {("crawl/archived.py", name) for name in ("record_days", "record_holes")}
FILED = ("crawl/archived.py", "list_page")
HANDED = ("crawl/takers.py", "hand_over")
LET_GO = ("wiring/keeping.py", "prune")  # after years


def test_a_poll_is_written_by_one_function_called_in_one_file() -> None:
    assert users(lambda one: "checks" in one.written) == {POLL, *ARCHIVED, LET_GO}
    # what people configure is no ending: addresses come, go and come back
    rewound = ("wiring/clocks.py", "settle_times")  # waits of a clock that was wrong
    configured = ("crawl/store.py", "put_sources")
    assert users(lambda one: "feeds" in one.written) == {POLL, configured, rewound}
    assert callers("record_poll") == {("crawl/poll.py", "_poll_one"), ("crawl/poll.py", "_looked_beside")}


def test_a_fetch_of_a_page_is_written_by_one_function_called_from_one_place() -> None:
    in_crawl = users(lambda one: "articles" in one.written and one.file.startswith("crawl/"))
    # the first two list pages, the third notes what became of them, the last gives it the address of another
    assert in_crawl == {POLL, FILED, PAGE, HANDED}
    assert callers("hand_over") == {PAGE}
    assert callers("record_page") == {("crawl/settle.py", "record_settled")}
    assert callers("record_revision") == {PAGE}


def test_endings_are_values_made_by_the_pure_decisions_alone() -> None:
    assert {file for file, _ in callers("PollIntent")} == {"crawl/decide.py"}
    assert {file for file, _ in callers("PageIntent")} == {"crawl/decide_page.py"}


def test_the_ledgers_lines_of_a_poll_and_a_fetch_come_with_them() -> None:
    making = [one for one in parts() if not one.calls & {"where", "outerjoin"}]  # those ask what was written
    assert {(one.file, stage) for one in making for stage in one.stages & {"POLL", "FETCH", "EXTRACT"}} == {
        ("crawl/store.py", "POLL"),
        ("crawl/archived.py", "FETCH"),
        ("crawl/decide_page.py", "FETCH"),
        ("crawl/decide_page.py", "EXTRACT"),
    }
