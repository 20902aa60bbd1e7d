"""The numbers of a sample report, recomputed by SQL written by hand over the database of the demo."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.core.home import Home
from monitor.demo.walk import Plan, walk

# Days are Minsk's (UTC+3 all year). An original is a cluster, dated by the first of its copies anywhere.
COUNTED = """
WITH coop AS (
  SELECT a.id, coalesce(a.cluster_id, a.id) AS cluster, coalesce(a.published_at, a.first_seen_at) AS at
  FROM articles a JOIN taggings t ON t.article_id = a.id
  JOIN versions v ON v.id = t.version_id AND v.stage = 'tag' AND v.is_current
  WHERE t.label = 1
    AND date(coalesce(a.published_at, a.first_seen_at), '+3 hours') BETWEEN :from_on AND :to_on
), firsts AS (
  SELECT coalesce(cluster_id, id) AS cluster, min(coalesce(published_at, first_seen_at)) AS at
  FROM articles GROUP BY 1
), counted AS (
  SELECT l.family_id, c.id, c.cluster, date(f.at, '+3 hours') AS first_on, date(c.at, '+3 hours') AS day
  FROM links l JOIN coop c ON c.id = l.article_id
  JOIN versions v ON v.id = l.version_id AND v.stage = 'link' AND v.is_current
  JOIN firsts f ON f.cluster = c.cluster
  WHERE l.p >= :link_at
)
"""
FAMILIES = f"""{COUNTED}
SELECT family_id, count(*), count(DISTINCT CASE WHEN first_on >= :from_on THEN cluster END), max(day)
FROM counted GROUP BY family_id
"""
# An original is the agency's whose article the others repeat; its reprints are articles of the agency too.
AGENCIES = f"""{COUNTED}, own AS (
  SELECT c.id, c.cluster, c.first_on >= :from_on AS is_of_window,
         o.source_id IN (SELECT value FROM json_each(:agencies)) AS is_agency
  FROM counted c JOIN articles o ON coalesce(o.cluster_id, o.id) = c.cluster AND o.is_origin
  WHERE c.family_id IN (SELECT value FROM json_each(:families))
)
SELECT count(DISTINCT CASE WHEN is_of_window THEN cluster END),
       count(DISTINCT CASE WHEN is_of_window AND is_agency THEN cluster END),
       count(DISTINCT id),
       count(DISTINCT CASE WHEN is_of_window AND is_agency THEN id END)
FROM own
"""


def recomputed(home: Home, report: dict[str, Any]) -> dict[str, tuple[int, int, str | None]]:
    """Articles, originals and the last day of each family, by SQL."""
    with closing(sqlite3.connect(home.root / "monitor.sqlite")) as db:
        return {row[0]: (row[1], row[2], row[3]) for row in db.execute(FAMILIES, given(home, report))}


def of_agencies(home: Home, report: dict[str, Any]) -> dict[str, int]:
    """How much of what was found on the region's agreements is a national agency's, by SQL."""
    asked = given(home, report) | {
        "families": json.dumps([row["family"] for row in report["rows"] if not row["is_national"]]),
        "agencies": json.dumps([s["source"] for s in report["watch"] if s["kind"] == "national_agency"]),
    }
    with closing(sqlite3.connect(home.root / "monitor.sqlite")) as db:
        found = db.execute(AGENCIES, asked).fetchone()
    return dict(zip(("originals", "by_agency", "articles", "of_agency"), found, strict=True))


def given(home: Home, report: dict[str, Any]) -> dict[str, Any]:
    """The window of a report and the probability from which a link counts."""
    model = json.loads((home.config / "linking_model.json").read_text("utf-8"))
    return {"from_on": report["from_on"], "to_on": report["to_on"], "link_at": model["link_at"]}


def kept(database: Path) -> dict[str, Any]:
    """The facts of the report that the demo has mailed."""
    with closing(sqlite3.connect(database)) as db:
        (text,) = db.execute("SELECT facts FROM reports").fetchone()
    facts: dict[str, Any] = json.loads(text)
    return facts


def table_rows(database: Path, week: str) -> dict[str, dict[str, Any]]:
    """Every family of the register in the gap table that the report was made from."""
    with closing(sqlite3.connect(database)) as db:
        docs = [json.loads(row[0]) for row in db.execute("SELECT doc FROM gap_rows WHERE week = ?", (week,))]
    return {doc["family"]: doc for doc in docs}


@pytest.mark.slow
def test_the_report_says_what_sql_by_hand_counts(tmp_path: Path) -> None:
    home = walk(tmp_path / "demo", Plan(days=14, outlets=8, model="ngram")).home
    database = home.root / "monitor.sqlite"
    report = kept(database)
    found = recomputed(home, report)
    table = table_rows(database, report["week"])
    counts = {family: doc["counts"] for family, doc in table.items()}
    whole = {family: (c["articles"], c["originals"], c["last_on"]) for family, c in counts.items()}
    assert sum(articles for articles, _, _ in whole.values()) > 0
    assert whole == {family: found.get(family, (0, 0, None)) for family in whole}
    told = {
        row["family"]: (row["counted"]["articles"], row["counted"]["originals"], row["counted"]["last_on"])
        for row in report["rows"]
    }
    assert told == {family: found.get(family, (0, 0, None)) for family in told}
    own = [row for row in report["rows"] if not row["is_national"]]
    states = [row["state"] for row in own]
    totals = report["totals"]
    assert totals["families"] == len(own)
    named = ("uncovered", "thin", "covered", "undecided", "unmeasured", "not_due")
    assert [totals[state] for state in named] == [states.count(state) for state in named]
    trend = sum(week["originals"] for week in report["trend"])
    origins = {article for row in own for article in row["counted"]["origins"]}
    assert trend == len(origins)  # twelve weeks hold the whole of the demo's press
    assert report["agency"] == of_agencies(home, report)
    assert report["agency"]["articles"] > 0
    for row in report["rows"]:
        points = {name: n for name, n in (row["weight"] or {}).items() if name != "is_waiting"}
        assert points == table[row["family"]]["importance"]
