"""Every feed reader over its golden files: input beside expectation, both found by their names.

`<name>.expected.json` holds what is given besides the body (content type, rules) and the whole ParsedFeed.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.months import load_months
from monitor.core.shipped import config_dir
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.feeds.plain import plain_text
from monitor.crawl.types import ParsedFeed

GOLDEN = Path(__file__).parents[2] / "golden" / "feeds"
NOW = datetime(2026, 11, 13, 18, 0, tzinfo=UTC)
MONTHS = load_months(config_dir() / "languages")
CASES = sorted(path for path in GOLDEN.glob("*/*") if not path.name.endswith(".json"))
PIECES = """<rss version='2.0'>|<channel>|<item>|<link>http://[x</link>|<title>|<guid/>|&|\x00|<![CDATA[|<!--|]>
<!DOCTYPE x [|<urlset>|<url><loc>http://a/</loc></url>|<?xml ?>|<pubDate>32</pubDate>|<a href='http://[::1'>
</item>|\ud800|ж|<entry xml:base='http://[x'>""".replace("\n", "|").split("|")


def read(kind: str, body: bytes, given: dict[str, Any]) -> ParsedFeed:
    return FEED_TYPES[kind](
        body,
        base_url=given.get("base_url", "http://p.example/feed"),
        content_type=given.get("content_type", "text/xml"),
        zone=ZoneInfo("Europe/Minsk"),
        now=NOW,
        rules=given.get("rules", {}),
        months=MONTHS,
    )


def as_json(parsed: ParsedFeed) -> dict[str, Any]:
    """The feed as its golden file has it: what few feeds say is left out where it is not said."""
    found = json.loads(json.dumps(asdict(parsed), default=lambda at: at.isoformat()))
    for one, rare in ((found, "ask_after_s"), *((entry, "updated_at") for entry in found["entries"])):
        if not one[rare]:
            del one[rare]
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_golden_feed_gives_what_stands_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    found = as_json(read(path.parent.name, path.read_bytes(), expected["given"]))
    assert found == expected["parsed"]


def test_every_feed_type_has_golden_files() -> None:
    assert {path.parent.name for path in CASES} == set(FEED_TYPES)


@pytest.mark.filterwarnings("ignore::bs4.XMLParsedAsHTMLWarning")
@pytest.mark.parametrize("kind", sorted(FEED_TYPES))
@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=120),
        st.lists(
            st.sampled_from(PIECES),
            max_size=12,
        ).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass")),
    )
)
def test_no_body_raises(kind: str, body: bytes) -> None:
    parsed = read(kind, body, {"rules": {"item": "a", "link": "self"}})
    assert parsed.entries or parsed.parts or parsed.reason is not None


@pytest.mark.parametrize(
    "piece", ["<![CDATA[", "<!--", "&", "&a", "<", "<a ", "<item>", "<!", "]]>", "<script>", "<rss><rss>"]
)
def test_a_body_of_nothing_but_openings_takes_no_time(piece: str) -> None:
    body = b"<rss version='2.0'><channel><item><title>" + (piece * 20_000).encode()
    for kind in FEED_TYPES:
        read(kind, body, {"rules": {"item": "item"}})


def test_markup_becomes_paragraphs() -> None:
    fragment = "<p>A&nbsp;&laquo;b&raquo;<br/>c</p><!-- x --><style>p{}</style><div>1 < 2</div>\n<script>no"
    assert plain_text(fragment) == "A «b»\nc\n1 < 2"
