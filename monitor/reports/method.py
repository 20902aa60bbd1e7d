"""How the numbers came about and what the chart says, as sentences: for the mail and for the sheet. Pure."""

from monitor.core.clock import week_start
from monitor.reports.catalogue import catalogue
from monitor.reports.page import Line
from monitor.reports.phrases import Phrases
from monitor.reports.types import Report, TopicShare

CHART_TOPICS = 8  # as many as one screen holds; the sheet has all topics


def method_lines(report: Report) -> tuple[str, ...]:
    """What was watched, how it was counted, how sure the recall is, and every version."""
    words, method, totals = catalogue(report.lang), report.method, report.totals
    phrases = Phrases(words)
    recall = words.percent(method.recall) if method.recall is not None else "–"
    counts = {
        name: words.number(getattr(totals, name))
        for name in ("families", "uncovered", "thin", "covered", "undecided", "unmeasured", "not_due")
    }
    return (
        words.say("method.claim"),
        words.say(
            "method.watched",
            watched=words.number(method.sources_watched),
            scope=words.count("n.of_outlets", method.sources_in_scope),
            weeks=phrases.weeks(method.watched_weeks),
        ),
        words.say("method.counted"),
        words.say("method.norm"),
        words.say("method.gap"),
        words.say("method.states", **counts),
        *(words.coded("method_note", note, recall=recall) for note in method.notes),
        *_audited(report),
        *_floor(report),
        *_wanted_note(report),
        *_titles_note(report),
        words.say(
            "method.versions",
            register=method.register_version,
            tag=method.tag_version,
            link=method.link_version,
        ),
    )


def _audited(report: Report) -> tuple[str, ...]:
    """What people have checked, and how much of it still counts."""
    words, held = catalogue(report.lang), report.method.audited
    if held is None:
        return ()
    told = [
        words.say(
            "audited.texts",
            texts=words.count("n.texts", held.texts),
            weeks=words.count("n.weeks_for", held.weeks),
            last=words.day(week_start(held.last_week)),
        )
    ]
    if held.part_held < 1:
        told.append(words.say("audited.fades", part=words.percent(held.part_held)))
    if held.links_checked:
        checked, right = words.number(held.links_checked), words.number(held.links_right)
        told.append(words.say("audited.links", checked=checked, right=right))
    if held.rest_texts:
        told.append(
            words.say(
                "audited.rest",
                n=words.number(held.rest_texts),
                missed=words.number(held.rest_missed),
                upper=words.percent(held.rest_upper),
            )
        )
    return (" ".join(told),)


def _floor(report: Report) -> tuple[str, ...]:
    """How many stories people named that we had lost: a floor of what we miss, no rate."""
    words, n = catalogue(report.lang), report.method.lost_stories
    if n is None:
        return ()
    return (words.count("n.lost_stories", n) if n else words.say("method.floor_none"),)


def wanted_topics(report: Report) -> str:
    """Titles of the topics that the reader chose, empty for all; semicolons: titles hold commas and "and"."""
    return "; ".join(share.title for share in report.topics.shares if share.topic in report.topics_wanted)


def _wanted_note(report: Report) -> tuple[str, ...]:
    """That rows of other topics are left out while the charts are the whole region's."""
    topics = wanted_topics(report)
    return (catalogue(report.lang).say("method.wanted", topics=topics),) if topics else ()


def _titles_note(report: Report) -> tuple[str, ...]:
    """That titles stand in another language than the report, if any does."""
    is_foreign = any(member.title_lang != report.lang for row in report.rows for member in row.members)
    return (catalogue(report.lang).say("method.titles"),) if is_foreign else ()


def chart_topics(report: Report) -> tuple[TopicShare, ...]:
    """The topics that the chart shows: those that most agreements list."""
    return tuple(share for share in report.topics.shares[:CHART_TOPICS] if share.families)


def chart_alt(report: Report) -> str:
    """What the chart shows, for those who do not see it."""
    words = catalogue(report.lang)
    n = words.number(len(chart_topics(report)))
    return words.say("chart.alt", n=n, worst=chart_worst(report))


def chart_worst(report: Report) -> str:
    """The topic that the press neglects most: what the picture is there to say."""
    words, shown = catalogue(report.lang), chart_topics(report)
    worst = max(shown, key=lambda share: share.register_share - share.coverage_share, default=None)
    if worst is None or worst.register_share <= worst.coverage_share:
        return words.say("chart.alt_none")
    return words.say(
        "chart.alt_worst",
        topic=worst.title,
        register=words.percent(worst.register_share),
        coverage=words.percent(worst.coverage_share),
    )


def chart_rows(report: Report) -> tuple[Line, ...]:
    """The chart's numbers topic by topic."""
    words = catalogue(report.lang)
    return tuple(
        Line(
            share.title,
            words.say(
                "chart.row",
                register=words.percent(share.register_share),
                coverage=words.percent(share.coverage_share),
            ),
        )
        for share in chart_topics(report)
    )
