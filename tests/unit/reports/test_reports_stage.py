"""From the stored gap table and the stored articles to a report and its preview."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, SourceId, Week
from monitor.gaps.missed import Lost, LostAt
from monitor.gaps.missed_store import add_missed
from monitor.gaps.store import store_table
from monitor.gaps.types import GapTable, State
from monitor.reports.facts import doc_hash, facts
from monitor.reports.formats import FORMATS
from monitor.reports.stage import build_report, write_preview
from monitor.reports.store import article_facts, is_as_kept, put_report
from monitor.reports.tables import reports
from monitor.reports.types import ArticleFact, Report
from tests.make import add_article, add_source
from tests.make_reports import MOGILEV, PRESS, WEEK, counts, gap_row, mogilev_report, register, table

AT = datetime(2025, 11, 24, tzinfo=UTC)
MINSK = ZoneInfo("Europe/Minsk")


def covered(version: str) -> GapTable:
    """One covered family with an original and its copy, made with the register of `version`."""
    row = gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, 1, first=1, outlets=("daily",)))
    return table([row], register_version=version)


def keep(db: Db, held: GapTable) -> None:
    with db.begin() as tx:
        store_table(tx, held, tag_version_id=1, link_version_id=1, at=AT)


def built(db: Db) -> Report:
    return build_report(
        db=db,
        register=register(),
        sources=PRESS,
        restricted=(),
        region=MOGILEV,
        lang="ru",
        week=WEEK,
        zone=MINSK,
        is_demo=True,
    )


def test_a_report_is_made_of_what_is_stored(db: Db) -> None:
    held = covered(register().version)
    gap = replace(held.rows[0], state=State.UNCOVERED, counts=counts("AGR-0079"))
    keep(db, held)
    keep(db, replace(held, week=Week("2025-W46"), rows=(gap,)))
    late = datetime(2025, 11, 20, 22, 30, tzinfo=UTC)  # the next day in Minsk
    with db.begin() as tx:
        add_source(tx, "daily")
        add_article(tx, "daily", 1, title="Визит", url="https://daily.example/1", published_at=late)
        add_article(tx, "daily", 2, title="Копия", url="https://daily.example/2", published_at=None,
                    first_seen_at=late - timedelta(days=3))  # fmt: skip
    report = built(db)
    assert [(p.title, p.url, str(p.published_on), p.is_original) for p in report.articles] == [
        ("Визит", "https://daily.example/1", "2025-11-21", True),
        ("Копия", "https://daily.example/2", "2025-11-18", False),
    ]
    assert (report.has_previous, report.totals.closed_gaps) == (True, 1)


def test_stories_that_people_named_are_counted_once_and_those_that_count_are_not(db: Db) -> None:
    keep(db, table([], register_version=register().version))
    said = (
        ("https://daily.example/lost", "AGR-0079", LostAt.TAG),
        ("https://daily.example/lost", "AGR-0167", LostAt.TAG),  # the same story on another agreement
        ("https://other.example/far", "", LostAt.OUTLET),
        ("https://daily.example/counted", "", LostAt.NOWHERE),
        ("https://daily.example/new", "", LostAt.WAITING),
    )
    with db.begin() as tx:
        for url, family, stage in said:
            add_missed(tx, Lost(stage, ""), who="reader 1", at=AT, url=url, family=family)
    assert built(db).method.lost_stories == 2


def test_kept_facts_are_held_against_their_hash_whatever_their_schema(db: Db) -> None:
    report = mogilev_report()
    older = {**facts(report), "schema": 3}
    with db.begin() as tx:
        put_report(tx, report, at=AT)
        assert is_as_kept(tx, report.id)
        tx.execute(sa.update(reports).values(facts=older, facts_hash=doc_hash(older)))
        assert is_as_kept(tx, report.id)
        tx.execute(sa.update(reports).values(facts={**older, "lang": "be"}))
        assert not is_as_kept(tx, report.id)


def test_a_week_without_a_table_and_a_table_of_another_register_are_refused(db: Db) -> None:
    with pytest.raises(UsageError, match="2025-W47"):
        built(db)
    keep(db, covered("other"))
    with db.begin() as tx:
        add_source(tx, "daily")
        add_article(tx, "daily", 1)
    with pytest.raises(UsageError, match="stands on register other"):
        built(db)


def test_article_facts_are_read_in_pieces(db: Db) -> None:
    with db.begin() as tx:
        add_source(tx, "daily")
        for n in range(1, 1003):
            add_article(tx, "daily", n)
        found = article_facts(tx, [ArticleId(n) for n in range(1, 1003)], zone=MINSK)
    assert len(found) == 1002
    assert found[ArticleId(1002)] == ArticleFact(
        id=ArticleId(1002),
        source_id=SourceId("daily"),
        url="http://daily.example/1002",
        title="Заголовок 1002",
        published_on=datetime(2026, 11, 16, tzinfo=UTC).date(),
    )


def test_a_preview_holds_the_bytes_of_the_mail_and_a_page_for_the_browser(tmp_path: Path) -> None:
    report = mogilev_report()
    files = write_preview(report, tmp_path / "out")
    assert sorted(file.name.removeprefix(report.id) for file in files) == [
        ".csv", ".eml", ".html", ".json", ".partners.png", ".rss", ".topics.png", ".trend.png", ".txt",
        ".view.html", ".xlsx",
    ]  # fmt: skip
    for format in FORMATS.values():
        assert (tmp_path / "out" / f"{report.id}{format.SUFFIX}").read_bytes() == format.render(report)
    page = (tmp_path / "out" / f"{report.id}.view.html").read_text("utf-8")
    assert f'src="{report.id}.topics.png"' in page
    mail = message_from_bytes((tmp_path / "out" / f"{report.id}.eml").read_bytes(), policy=default)
    held = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    assert held["text/plain"].encode().splitlines() == FORMATS["text"].render(report).splitlines()
    assert held[FORMATS["xlsx"].MEDIA_TYPE] == FORMATS["xlsx"].render(report)
