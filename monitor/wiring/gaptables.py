"""Gap tables of one installation: its register, sources and choices put before the stage."""

from datetime import timedelta

from monitor.articles.audit_plan import FILE as AUDIT_FILE
from monitor.articles.audit_plan import AuditPlan, load_audit_plan
from monitor.core.clock import asked_week_start, week_of, week_start, weeks_back
from monitor.core.counts import Counts
from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId, TopicId, Week
from monitor.core.progress import Progress, silent
from monitor.crawl.history import first_good_poll
from monitor.crawl.sources import load_restricted
from monitor.gaps.calendar import FILE as CALENDAR_FILE
from monitor.gaps.calendar import load_calendar
from monitor.gaps.kept import keep_weeks
from monitor.gaps.readings import STATE_WEEKS
from monitor.gaps.stage import Choices, build_table, store_table
from monitor.gaps.store import Counted
from monitor.gaps.types import GapTable
from monitor.linking.wording import load_link_words
from monitor.reports.stage import WINDOW_WEEKS, build_report
from monitor.reports.types import Report
from monitor.wiring.app import App


def gap_table(app: App, week: Week, window_weeks: int) -> GapTable:
    """The gap table as the database says now; nothing is stored. Errors: as `build_table`."""
    return count_table(app, week, window_weeks).table


def count_table(app: App, week: Week, window_weeks: int) -> Counted:
    """The same with what it was made from, as it can be stored."""
    return build_table(
        db=app.ready_db,
        register=app.register,
        sources=app.standing_sources(),
        choices=choices(app),
        week=week,
        window_weeks=window_weeks,
        now=app.clock(),
        zone=app.zone,
    )


def build_gaps(app: App, week: Week | None = None) -> Counts:
    """Count and keep the gap table of a week, without an argument of the last whole one."""
    counted = count_table(app, week or app.last_week(), WINDOW_WEEKS)
    store_table(db=app.ready_db, counted=counted)
    counts = Counts(families=len(counted.table.rows))
    for row in counted.table.rows:
        counts.add(row.state.value)
    return counts


def kept_week(app: App, week: str) -> Week:
    """The week that somebody asks to have kept or mailed; without one the last whole one.

    Errors: UsageError for a week that is not over, whose half would stand for the whole: its readers get one
    letter a week; and for one that was over before anything was watched.
    """
    wanted = Week(week) if week else app.last_week()
    monday = asked_week_start(wanted)
    over_on = monday + timedelta(days=7)
    if monday > app.today():
        raise UsageError(f"{wanted} has not begun yet")
    if over_on > app.today():
        raise UsageError(
            f"{wanted} is not over before {over_on}: what is kept or mailed now would be half a week; "
            "`monitor gaps` and `monitor report preview` show it so far and keep nothing"
        )
    with app.ready_db.reading() as tx:
        began = first_good_poll(tx)
    # a young installation's first letter is of the week before its own
    first_on = None if began is None else began.astimezone(app.zone).date()
    if first_on is not None and wanted < weeks_back(week_of(first_on), 1):
        raise UsageError(
            f"{wanted} was over before anything was watched: the first good poll is of {first_on}"
        )
    return wanted


def keep_counts(app: App, week: Week, progress: Progress = silent) -> int:
    """Count the weeks of a week's table that have changed since they were kept; how many. The table itself
    says the same without it, and takes longer."""
    return keep_weeks(
        db=app.ready_db,
        upto=week_start(week) + timedelta(days=6),
        weeks=STATE_WEEKS,
        now=app.clock(),
        zone=app.zone,
        progress=progress,
    )


def choices(app: App) -> Choices:
    """What this installation has decided. Files that its home is too old to have are the shipped ones."""
    plan = audit_plan(app)
    return Choices(
        norms=app.norms,
        min_p=app.link_model.link_at,
        calendar=load_calendar(app.home.config_file(CALENDAR_FILE)),
        audit_holds_weeks=plan.holds_weeks,
        audit_halves_every_weeks=plan.halves_every_weeks,
        generic=load_link_words(app.home.config).generic,
    )


def audit_plan(app: App) -> AuditPlan:
    """The plan of this home; of the program where the home is older than the audit."""
    return load_audit_plan(app.home.config_file(AUDIT_FILE))


def stored_report(
    app: App,
    week: Week,
    region: PlaceId,
    lang: str,
    topics: tuple[TopicId, ...] = (),
    *,
    table: GapTable | None = None,
) -> Report:
    """The report of a week's gap table as it is kept, or of another `table`; nothing is counted or stored.

    Errors: UsageError without such a table, or when it stands on another register.
    """
    return build_report(
        db=app.ready_db,
        register=app.register,
        sources=app.standing_sources(),
        restricted=load_restricted(app.home.config / "restricted.toml"),
        region=region,
        lang=lang,
        week=week,
        zone=app.zone,
        is_demo=app.settings.newsroom.demo,
        topics=topics,
        calendar=choices(app).calendar,
        table=table,
    )
