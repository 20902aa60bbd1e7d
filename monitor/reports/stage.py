"""Stage: reads a stored gap table with its articles and makes the report; writes a preview to a folder."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from monitor.core.db import Db
from monitor.core.errors import OutsideError, UsageError
from monitor.core.ids import PlaceId, TopicId, Week
from monitor.crawl.sources import Restricted
from monitor.crawl.types import Source
from monitor.gaps import store as gaps
from monitor.gaps.calendar import NO_CALENDAR, Calendar
from monitor.gaps.missed_store import floor
from monitor.gaps.readings import STATE_WEEKS
from monitor.gaps.stage import load_table
from monitor.gaps.types import GapTable
from monitor.register.types import Register
from monitor.reports import store
from monitor.reports.build import build, needed_articles
from monitor.reports.charts import charts
from monitor.reports.formats import FORMATS, html
from monitor.reports.mail import message, render_parts
from monitor.reports.personal import Linking
from monitor.reports.subscribers import Subscriber
from monitor.reports.types import Report

WINDOW_WEEKS = STATE_WEEKS  # reports tell of the window that decides on gaps


def build_report(
    *,
    db: Db,
    register: Register,
    sources: Sequence[Source],
    restricted: Sequence[Restricted],
    region: PlaceId,
    lang: str,
    week: Week,
    zone: tzinfo,
    is_demo: bool,
    topics: Sequence[TopicId] = (),
    calendar: Calendar = NO_CALENDAR,
    table: GapTable | None = None,
) -> Report:
    """The report of a week whose gap table is stored; it is not stored itself (see outbox.put_out).

    `table`: another than the stored one, of the same week: what the database says now.

    Errors: UsageError without a table of that week, when the table was made with another register, and for
    a language without a catalogue.
    """
    with db.reading() as tx:
        table = table or load_table(tx, week, WINDOW_WEEKS)
        before = gaps.find_week_before(tx, week, WINDOW_WEEKS)
        previous = None if before is None else gaps.find_table(tx, before, WINDOW_WEEKS)
        articles = store.article_facts(tx, needed_articles(table, region), zone=zone)
        lost_stories = floor(tx).total()
    if table.register_version != register.version:
        raise UsageError(
            f"the gap table of {week} stands on register {table.register_version}, but the one loaded is "
            f"{register.version}; run `monitor gaps` again"
        )
    return build(
        table,
        previous,
        register=register,
        sources=sources,
        restricted=restricted,
        articles=articles,
        region=region,
        lang=lang,
        is_demo=is_demo,
        topics=topics,
        events={event.id: event.titles for event in calendar.events},
        lost_stories=lost_stories,
    )


def write_preview(
    report: Report,
    folder: Path,
    *,
    sender: str = "monitor@localhost",
    reader: Subscriber | None = None,
    linking: Linking | None = None,
    formats: Sequence[str] = tuple(FORMATS),
) -> tuple[Path, ...]:
    """Formats, the pictures, a page with them to open in a browser, and the mail to the byte.

    `reader`: whose mail it is; without one it is addressed to nobody and has no reader's links.
    Errors: OutsideError when the folder cannot be written.
    """
    files = {f"{report.id}{FORMATS[name].SUFFIX}": FORMATS[name].render(report) for name in formats}
    files |= {f"{report.id}.{name}.png": picture for name, picture in charts(report).items()}
    files[f"{report.id}.view.html"] = html.render_with(report, picture=lambda name: f"{report.id}.{name}.png")
    links = linking.of(report.id, report.to_on) if linking is not None and reader is not None else None
    mail = message(
        render_parts(report, is_linked=links is not None),
        subscriber_id=reader.id if reader else 0,
        recipient=reader.email if reader else "nobody@reader.invalid",
        sender=sender,
        links=links,
    )
    files[f"{report.id}.eml"] = mail.as_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise OutsideError(f"{folder}: cannot be written: {error.strerror}") from error
    return tuple(folder / name for name in files)
