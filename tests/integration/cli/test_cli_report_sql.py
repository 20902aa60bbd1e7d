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
COUNTS = """
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
SELECT family_id, count(*), count(DISTINCT CASE WHEN first_on >= :from_on THEN cluster END), max(day)
FROM counted GROUP BY family_id
"""


def recomputed(home: Home, report: dict[str, Any]) -> dict[str, tuple[int, int, str | None]]:
    """Articles, originals and the last day of each family, by SQL."""
    model = json.loads((home.config / "linking_model.json").read_text("utf-8"))
    given = {"from_on": report["from_on"], "to_on": report["to_on"], "link_at": model["link_at"]}
    with closing(sqlite3.connect(home.root / "monitor.sqlite")) as db:
        return {row[0]: (row[1], row[2], row[3]) for row in db.execute(COUNTS, given)}


def kept(database: Path) -> dict[str, Any]:
    """The facts of the report that the demo has mailed."""
    with closing(sqlite3.connect(database)) as db:
        (text,) = db.execute("SELECT facts FROM reports").fetchone()
    facts: dict[str, Any] = json.loads(text)
    return facts


def table_rows(database: Path, week: str) -> dict[str, tuple[int, int, str | None]]:
    """The same of every family of the register, from the gap table that the report was made from."""
    with closing(sqlite3.connect(database)) as db:
        docs = [json.loads(row[0]) for row in db.execute("SELECT doc FROM gap_rows WHERE week = ?", (week,))]
    counts = {doc["family"]: doc["counts"] for doc in docs}
    return {family: (c["articles"], c["originals"], c["last_on"]) for family, c in counts.items()}


@pytest.mark.slow
def test_the_report_says_what_sql_by_hand_counts(tmp_path: Path) -> None:
    home = walk(tmp_path / "demo", Plan(days=14, outlets=8, model="ngram")).home
    database = home.root / "monitor.sqlite"
    report = kept(database)
    found = recomputed(home, report)
    whole = table_rows(database, report["week"])
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
