"""Switches off each guard in turn and prints which test then fails: `python -m tests.chaos.guard_table`.

Arguments are names of guards; without any, all. `--write` keeps the table in docs/running/guards.md. Ends
with 1 when some guard is missed by no test.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.guards import GUARDS, Guard

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "running" / "guards.md"
MARK = "<!-- the table is written by tests/chaos/guard_table.py -->\n"
PATIENCE_S = 240.0  # a process that hangs without its guard is a test that fails


@dataclass(frozen=True, slots=True)
class Missed:
    """The first test that fails without a guard; empty: none does."""

    guard: Guard
    test: str


def without(guard: Guard) -> Missed:
    """Run the guard's tests without it, up to the first that fails."""
    path = os.pathsep.join((str(ROOT / "tests" / "chaos" / "without"), str(ROOT)))
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "slow or not slow", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*words, *guard.tests],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "MONITOR_TEST_WITHOUT": guard.name},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Missed(guard, f"{guard.tests[0]} (does not end)")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{guard.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Missed(guard, _failed(done.stdout) if done.returncode else "")


def _failed(output: str) -> str:
    for line in output.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            return line.split(" ", 1)[1].split(" - ")[0]
    raise RuntimeError(output[-2000:])


def table(found: list[Missed]) -> Iterator[str]:
    """As a page shows it."""
    yield "| fault | guard | where | test that fails without it |"
    yield "|---|---|---|---|"
    for one in found:
        guard = one.guard
        file, _, test = one.test.partition("::")
        named = f"{Path(file).name}: {test.replace('_', ' ')}" if test else one.test or "**none**"
        yield f"| {guard.fault} | {guard.what} (`{guard.name}`) | {guard.file} | {named} |"


def main(words: list[str]) -> int:
    """The exit code."""
    names = [word for word in words if not word.startswith("--")]
    found = []
    for guard in GUARDS:
        if not names or guard.name in names:
            found.append(without(guard))
            print(f"{guard.name:<24} {found[-1].test or 'NONE FAILS'}", flush=True)
    if "--write" in words:
        head = PAGE.read_text("utf-8").split(MARK)[0]
        day = f"Run on {datetime.now(UTC):%Y-%m-%d}: {len(found)} guards.\n\n"
        PAGE.write_text(head + MARK + "\n" + day + "\n".join(table(found)) + "\n", "utf-8")
    return int(any(not one.test for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
