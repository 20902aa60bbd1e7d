"""Topics: how much of the register speaks of each, against how much of what is written does."""

from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.types import Report, TopicShare
from monitor.web.asked import Asked, Shown
from monitor.web.desk import Desk
from monitor.web.regions import asked_region
from monitor.web.texts import week_line
from monitor.web.words import page_words
from monitor.wiring import App


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic. The numbers of the drawing are per cent of the longest bar."""

    url: str  # its agreements
    title: str
    families: str
    originals: str
    register_share: str
    coverage_share: str
    interval: str
    register_bar: int
    coverage_bar: int
    lo_bar: int
    hi_bar: int
    verdict: str  # less or more written about than documented, beyond chance; else empty


@dataclass(frozen=True, slots=True)
class TopicsPage:
    """Everything the page of topics may use."""

    when: str
    is_old: bool
    base: str  # what the shares are of
    too_few: str  # why shares say nothing yet, empty where they do
    lines: tuple[TopicLine, ...]


def topics_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """Topics over all regions, as the report has them."""
    report, is_old = desk.report(app, asked_region(app, asked), asked.lang)
    return Shown("topics", topics(report, is_old))


def topics(report: Report, is_old: bool) -> TopicsPage:
    """The page of a report: topics that are in the register or written about."""
    words, pages, picture = catalogue(report.lang), page_words(report.lang), report.topics
    shares = [share for share in picture.shares if share.families or share.originals]
    longest = max((max(s.register_share, s.coverage_hi) for s in shares), default=0.0) or 1.0
    return TopicsPage(
        when=week_line(report, pages),
        is_old=is_old,
        base=pages.say(
            "topics.base",
            families=words.count("n.agreements", picture.n_families),
            stories=pages.count("n.stories", picture.n_originals),
        ),
        too_few="" if picture.is_enough else pages.say("topics.too_few"),
        lines=tuple(_line(share, longest, report, words, pages, picture.is_enough) for share in shares),
    )


def _line(
    share: TopicShare, longest: float, report: Report, words: Catalogue, pages: Catalogue, is_enough: bool
) -> TopicLine:
    def length(value: float) -> int:
        return round(100 * value / longest)

    return TopicLine(
        url=f"/gaps?{urlencode({'region': report.region, 'topic': share.topic, 'scope': 'both'})}",
        title=share.title,
        families=words.number(share.families),
        originals=words.number(share.originals),
        register_share=words.percent(share.register_share),
        coverage_share=words.percent(share.coverage_share),
        interval=words.percents(share.coverage_lo, share.coverage_hi),
        register_bar=length(share.register_share),
        coverage_bar=length(share.coverage_share),
        lo_bar=length(share.coverage_lo),
        hi_bar=length(share.coverage_hi),
        verdict=_verdict(share, pages) if is_enough else "",
    )


def _verdict(share: TopicShare, pages: Catalogue) -> str:
    if share.coverage_hi < share.register_share:
        return pages.say("topics.less")
    return pages.say("topics.more") if share.coverage_lo > share.register_share else ""
