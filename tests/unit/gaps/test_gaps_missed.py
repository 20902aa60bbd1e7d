"""Where a named story was lost: the last stage it reached decides, and what counts is no loss."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.articles.types import ArticleState
from monitor.core.ids import FamilyId, PageUrl, SourceId
from monitor.crawl.types import FeedSpec
from monitor.gaps.missed import Lost, LostAt, Polled, Stored, not_listed, of_stored, source_of
from tests.make_reports import source

SINCE = datetime(2026, 1, 5, tzinfo=UTC)
FEED = FeedSpec("https://rss.nov.by/all", "rss")
PAPER = source("daily", "Новь", site="https://www.nov.example/", feeds=(FEED,))
OFF = source("off", "Быль", enabled=False, why_not="no feed", site="https://byl.example/")
FAMILY, OTHER = FamilyId("AGR-0001"), FamilyId("AGR-0002")
TIMEOUT = {"page_stage": "fetch", "page_reason": "timeout"}
COUNTED = Stored(
    id=7, source_id=SourceId("daily"), title="Т", published_at=SINCE, state=ArticleState.READY,
    is_origin=True, page_reason="ok", page_stage="extract", is_judged=True, label=True, is_linked=True,
    link_reason="",
    families=(FAMILY,),
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://nov.example/a", PAPER), ("https://m.nov.example/a", PAPER), ("http://rss.nov.by/x", PAPER),
        ("https://byl.example/a", OFF), ("https://evilnov.example/a", None), ("https://example/a", None),
        ("https://nov.example.evil.org/", None),
    ],
)  # fmt: skip
def test_a_source_is_known_by_its_site_and_feeds(url: str, found: object) -> None:
    assert source_of(PageUrl(url), (OFF, PAPER)) is found


def test_of_two_sources_of_one_host_the_one_that_is_read_counts() -> None:
    twin = replace(OFF, site="https://nov.example/")
    assert source_of(PageUrl("https://nov.example/a"), (twin, PAPER)) is PAPER


@pytest.mark.parametrize(
    ("held", "polled", "lost"),
    [
        (None, None, Lost(LostAt.OUTLET, "")),
        (OFF, None, Lost(LostAt.OFF, "off", OFF.id)),
        (PAPER, None, Lost(LostAt.LIST, "never_polled", PAPER.id)),
        (PAPER, Polled(None, "", False), Lost(LostAt.LIST, "never_polled", PAPER.id)),
        (PAPER, Polled(SINCE, "dns", True), Lost(LostAt.LIST, "dns", PAPER.id, since=SINCE)),
        (PAPER, Polled(SINCE, "ok", True), Lost(LostAt.LIST, "overflow", PAPER.id, since=SINCE)),
        (
            PAPER,
            Polled(SINCE, "not_modified", False),
            Lost(LostAt.LIST, "never_listed", PAPER.id, since=SINCE),
        ),
    ],
)
def test_a_page_that_no_list_had_is_charged_to_the_outlet_or_its_lists(
    held: object, polled: Polled | None, lost: Lost
) -> None:
    found = not_listed(held, polled)  # type: ignore[arg-type]
    assert found == lost
    assert found.is_loss


@pytest.mark.parametrize(
    ("changes", "stage", "reason", "is_loss"),
    [
        ({"state": ArticleState.LISTED, "page_stage": "", "page_reason": ""}, LostAt.WAITING, "fetch", False),
        ({"state": ArticleState.LISTED, **TIMEOUT}, LostAt.FETCH, "timeout", True),
        ({"state": ArticleState.DEAD, **TIMEOUT}, LostAt.FETCH, "timeout", True),
        ({"state": ArticleState.DEAD, "page_reason": "no_text"}, LostAt.EXTRACT, "no_text", True),
        ({"is_judged": False}, LostAt.WAITING, "tag", False),
        ({"label": False}, LostAt.TAG, "below_gate", True),
        ({"label": None}, LostAt.TAG, "gate_undecided", True),
        ({"families": (), "is_linked": False}, LostAt.WAITING, "link", False),
        ({"families": (), "link_reason": "no_party_pair"}, LostAt.LINK, "no_party_pair", True),
        ({"families": ()}, LostAt.LINK, "no_agreement", True),
        ({"families": (OTHER,)}, LostAt.ELSEWHERE, "", False),
        ({"is_origin": False}, LostAt.NOWHERE, "copy", False),
        ({}, LostAt.NOWHERE, "", False),
    ],
)  # fmt: skip
def test_the_last_stage_that_a_story_reached_decides(
    changes: dict[str, object], stage: LostAt, reason: str, is_loss: bool
) -> None:
    found = of_stored(replace(COUNTED, **changes), FAMILY)  # type: ignore[arg-type]
    assert (found.stage, found.reason, found.is_loss) == (stage, reason, is_loss)
    assert (found.article_id, found.source_id) == (7, "daily")


def test_without_a_wanted_agreement_any_will_do() -> None:
    assert of_stored(replace(COUNTED, families=(OTHER,)), None).stage is LostAt.NOWHERE
