"""Clusters of copies against stories labelled by hand (copies.jsonl, its rules in copies.md).

Scored over pairs, through the database. copies_floors.json keeps every setting of the floors, the last one is
in force; a lower floor needs a reason under `lowered`. The numbers in `monitor.articles.dedupe` were set on
copies_dev.jsonl, not on copies.jsonl.
"""

import hashlib
import itertools
import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.clusters import assign_cluster
from monitor.articles.marks import load_marks
from monitor.articles.tables import articles, translation_ties
from monitor.articles.translated import COUNTS
from monitor.core.db import Db
from monitor.core.shipped import config_dir
from monitor.crawl.tables import sources

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "copies_floors.json").read_text("utf-8"))
STORY = frozenset({"original", "copy"})


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each labelled item ended, by its id."""

    cluster: dict[str, int]
    origins: frozenset[str]
    told_twice: frozenset[frozenset[str]]  # pairs linked as one story in two languages


def place(rows: list[dict[str, Any]], db: Db) -> Placed:
    """All items through an empty database, each from a source of its own."""
    marks = load_marks(config_dir() / "languages")
    with db.begin() as tx:
        for n, row in enumerate(rows, 1):
            at = datetime.fromisoformat(row["published"])
            source = {"id": row["id"], "name": row["id"], "kind": row["outlet_kind"], "country": "BY"}
            tx.execute(sa.insert(sources).values(**source, region="by", enabled=True, known_since=at, doc={}))
            tx.execute(
                sa.insert(articles).values(
                    id=n, source_id=row["id"], url=row["id"], listed_url=row["id"], state="ready",
                    title=row["title"], text=row["text"], lang=row["lang"], published_at=at, first_seen_at=at,
                    is_origin=False,
                )
            )  # fmt: skip
            assign_cluster(
                tx, article_id=n, title=row["title"], text=row["text"], published_at=at, marks=marks
            )
        found = tx.execute(sa.select(articles.c.url, articles.c.cluster_id, articles.c.is_origin)).all()
        ties = tx.execute(
            sa.select(translation_ties.c.one_id, translation_ties.c.other_id).where(COUNTS)
        ).all()
    return Placed(
        {row.url: row.cluster_id for row in found},
        frozenset(row.url for row in found if row.is_origin),
        frozenset(frozenset(rows[n - 1]["id"] for n in pair) for pair in ties),
    )


def judge(rows: list[dict[str, Any]], placed: Placed) -> tuple[dict[str, float], list[str]]:
    """Figures over pairs, and each wrong or missed pair."""
    right = wrong = missed = 0
    listed: list[str] = []
    for one, other in itertools.combinations(rows, 2):
        roles = {one["role"], other["role"]}
        if one["group"] == other["group"] and "translation" in roles:
            continue  # counted apart
        is_pair = one["group"] == other["group"] and roles <= STORY
        is_found = placed.cluster[one["id"]] == placed.cluster[other["id"]]
        right += is_pair and is_found
        wrong += is_found and not is_pair
        missed += is_pair and not is_found
        if is_pair != is_found:
            listed.append(f"{'missed' if is_pair else 'wrong'}: {one['id']} {other['id']}")
    originals = [row["id"] for row in rows if row["role"] == "original"]
    figures = {
        "precision": right / (right + wrong),
        "recall": right / (right + missed),
        "origins": sum(item in placed.origins for item in originals) / len(originals),
    }
    return {name: round(value, 4) for name, value in figures.items()}, listed


def judge_translations(rows: list[dict[str, Any]], placed: Placed) -> dict[str, float]:
    """Share of the labelled translations that are linked, and of the links that are right."""
    by_id = {row["id"]: row for row in rows}
    right, linked = 0, set()
    for pair in placed.told_twice:
        ends = [by_id[item] for item in pair]
        roles = {end["role"] for end in ends}
        if len({end["group"] for end in ends}) == 1 and "translation" in roles <= STORY | {"translation"}:
            right += 1
            linked |= {end["id"] for end in ends if end["role"] == "translation"}
    n_links = len(placed.told_twice)
    n_translations = sum(row["role"] == "translation" for row in rows)
    return {
        "translations_right": round(right / n_links, 4) if n_links else 1.0,
        "translations_linked": round(len(linked) / n_translations, 4) if n_translations else 1.0,
    }


@pytest.mark.parametrize("name", ["copies", "copies_dev"])
def test_copies_are_found_no_worse_than_the_floors(name: str, migrated_sqlite: Path, tmp_path: Path) -> None:
    labels = (HERE / f"{name}.jsonl").read_bytes()
    assert hashlib.sha256(labels).hexdigest() == FLOORS["sha256"][name], (
        "the labels changed: measure, pin again"
    )
    rows = [json.loads(line) for line in labels.decode().splitlines()]
    db = Db(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}")
    placed = place(rows, db)
    db.close()
    figures, listed = judge(rows, placed)
    figures |= judge_translations(rows, placed)
    floors = FLOORS["history"][-1]["floors"][name]
    short = {what: (figures[what], floor) for what, floor in floors.items() if figures[what] < floor}
    assert short == {}, "\n".join([str(short), *listed])


def test_no_floor_was_lowered_in_silence() -> None:
    for before, after in itertools.pairwise(FLOORS["history"]):
        lowered = [
            f"{name}.{what}"
            for name, floors in before["floors"].items()
            for what, floor in floors.items()
            if after["floors"].get(name, {}).get(what, 0.0) < floor
        ]
        assert sorted(after.get("lowered", {})) == sorted(lowered)
