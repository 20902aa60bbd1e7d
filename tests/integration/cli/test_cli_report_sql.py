"""The numbers of a sample report, recomputed by SQL written by hand over the database of the demo."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from monitor.core.shipped import config_dir
from monitor.demo.walk import Walked

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


def recomputed(database: Path, report: dict[str, Any]) -> dict[str, tuple[int, int, str | None]]:
    """Articles, originals and the last day of each family, by SQL."""
    model = json.loads((config_dir() / "linking_model.json").read_text("utf-8"))
    given = {"from_on": report["from_on"], "to_on": report["to_on"], "link_at": model["link_at"]}
    with closing(sqlite3.connect(database)) as db:
        return {row[0]: (row[1], row[2], row[3]) for row in db.execute(COUNTS, given)}


def kept(database: Path) -> dict[str, Any]:
    """The facts of the report that the demo has mailed."""
    with closing(sqlite3.connect(database)) as db:
        (text,) = db.execute("SELECT facts FROM reports").fetchone()
    facts: dict[str, Any] = json.loads(text)
    return facts


def test_the_report_says_what_sql_by_hand_counts(walked: Walked) -> None:
    database = walked.home.root / "monitor.sqlite"
    report = kept(database)
    found = recomputed(database, report)
    told = {
        row["family"]: (row["counted"]["articles"], row["counted"]["originals"], row["counted"]["last_on"])
        for row in report["rows"]
    }
    assert sum(articles for articles, _, _ in told.values()) > 0
    assert told == {family: found.get(family, (0, 0, None)) for family in told}
    own = [row for row in report["rows"] if not row["is_national"]]
    states = [row["state"] for row in own]
    totals = report["totals"]
    assert totals["families"] == len(own)
    assert [totals[s] for s in ("uncovered", "thin", "covered", "undecided", "unmeasured", "not_due")] == [
        states.count(s) for s in ("uncovered", "thin", "covered", "undecided", "unmeasured", "not_due")
    ]
    trend = sum(week["originals"] for week in report["trend"])
    origins = {article for row in own for article in row["counted"]["origins"]}
    assert trend == len(origins)  # twelve weeks hold the whole of the demo's press
