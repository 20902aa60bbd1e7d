"""Our reading of robots.txt over the cases of google/robotstxt, whose file the person who runs this brings.

    python -m benchmarks.robots PATH/robots_test.cc

The cases stand in C++: variables of quoted pieces and EXPECT_TRUE or EXPECT_FALSE of IsUserAgentAllowed,
the only parts that are read here. Tests that build their texts in loops are counted as unread.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from monitor.crawl.robots import RobotsRules, parse_robots

_TEST = re.compile(r"^TEST\(RobotsUnittest, (\w+)\)", re.MULTILINE)
_PIECES = r'(?:\s*"(?:[^"\\]|\\.)*")+'
_STEP = re.compile(
    rf"(?:absl::string_view|std::string)\s+(?P<name>\w+)\s*(?:=\s*|\()?(?P<value>{_PIECES})\s*\)?;"
    rf"|EXPECT_(?P<wanted>TRUE|FALSE)\(\s*IsUserAgentAllowed\((?P<args>(?:{_PIECES}|[^;\"])*?)\)\s*\)\s*;"
)
_ARGUMENT = re.compile(rf"({_PIECES})|(\w+)")
_ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t"}


class Case(NamedTuple):
    """One expectation of a test."""

    test: str
    robots: bytes
    agent: str
    url: str
    is_allowed: bool


def cases(source: str) -> Iterator[Case]:
    """All expectations that can be read, in order."""
    starts = [(match.start(), match[1]) for match in _TEST.finditer(source)]
    ends = [start for start, _ in starts[1:]] + [len(source)]
    for (start, test), end in zip(starts, ends, strict=True):
        known: dict[str, bytes] = {}
        for step in _STEP.finditer(re.sub(r"^\s*//.*$", "", source[start:end], flags=re.MULTILINE)):
            if step["name"]:
                known[step["name"]] = _text(step["value"])
                continue
            words = _ARGUMENT.findall(step["args"])
            given = [_text(quoted) if quoted else known.get(name) for quoted, name in words]
            if len(given) == 3 and None not in given:
                robots, agent, url = (part or b"" for part in given)
                yield Case(test, robots, agent.decode(), url.decode(), step["wanted"] == "TRUE")


def _text(pieces: str) -> bytes:
    joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', pieces)).encode()
    return re.sub(
        rb"\\(x[0-9a-fA-F]{2}|.)",
        lambda m: bytes([int(m[1][1:], 16)]) if len(m[1]) == 3 else _ESCAPES.get(m[1].decode(), m[1]),
        joined,
    )


def main(path: Path) -> int:
    """Print every difference and the count; 1 when there is a difference."""
    source = path.read_text(encoding="utf-8")
    found = list(cases(source))
    wrong = [case for case in found if _allows(case) != case.is_allowed]
    for case in wrong:
        said = "allowed" if case.is_allowed else "forbidden"
        print(f"{case.test}: {case.agent} {case.url} should be {said} by {case.robots!r}")
    n_all, n_right = source.count("IsUserAgentAllowed("), len(found) - len(wrong)
    print(f"{len(found)} of {n_all} cases read, {n_right} as expected")
    return 1 if wrong else 0


def _allows(case: Case) -> bool:
    rules = RobotsRules(parse_robots(case.robots), None, datetime.now(UTC))
    return rules.allows(case.url, case.agent)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
