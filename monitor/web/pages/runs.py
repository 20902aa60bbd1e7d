"""Runs: what the service did last, what counts now, and what stands beside it with its difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from monitor.core.accounts import Role
from monitor.core.errors import UsageError
from monitor.core.ids import FamilyId, TopicId
from monitor.core.runs import Run, list_runs
from monitor.gaps.compare import Change, Difference
from monitor.jobs import Job, find_job, run_job
from monitor.reports.catalogue import Catalogue
from monitor.reports.plain import one_line
from monitor.web.asked import Asked, Moved, RefusedError, Shown
from monitor.web.codes import column_title, counted, job_title
from monitor.web.counting import count_anew
from monitor.web.desk import Desk
from monitor.web.pages.register import told_value
from monitor.web.texts import family_title, topic_name, week_days
from monitor.web.words import moment, page_words
from monitor.wiring import App, promoting
from monitor.wiring.judging import Reviewed
from monitor.wiring.relinking import Review

_SHOWN = 40  # runs, and families of a difference; `--json` of the commands has all
_JOBS = {
    "review": Job("linking.review", "", promoting.make_links),
    "count": find_job("gaps.build"),
    "link": find_job("linking.link"),
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a job."""

    job: str
    started: str
    took: str
    ending: str
    is_bad: bool
    told: str


@dataclass(frozen=True, slots=True)
class BesideLine:
    """One run beside the current one."""

    url: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class RunsPage:
    """Everything the list may use."""

    current: tuple[tuple[str, str], ...]
    beside: tuple[BesideLine, ...]
    changed: str  # that config/register says something else, empty where it does not
    under_way: str
    may_start: tuple[tuple[str, str], ...]  # what an admin may start: value, label
    lines: tuple[RunLine, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Shift:
    """One number before and after."""

    name: str
    url: str
    before: str
    after: str
    note: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything the page of a difference may use."""

    title: str
    base: str
    partial: str  # why it cannot be promoted yet
    summary: tuple[str, ...]
    edits: tuple[tuple[str, str], ...]  # agreement, what was changed in it
    more_edits: str  # how many agreements the list leaves out, empty where it has all
    topics: tuple[Shift, ...]
    families: tuple[Shift, ...]
    n_families: str
    more_families: str
    weeks: tuple[Shift, ...]
    may_decide: bool
    error: str


def runs_page(app: App, asked: Asked, desk: Desk) -> Shown | Moved:
    """The list; a POST starts a piece of work behind it."""
    if asked.is_post:
        job = _JOBS.get(asked.field("start"))
        if job is None:
            raise RefusedError("bad_request", 422)
        is_begun = desk.background.start(job.name, lambda: run_job(app, job))
        if is_begun:
            return Moved(f"/runs?lang={asked.lang}")
        error = page_words(asked.lang).say("runs.busy")
        return Shown("runs", _list(app, asked, desk, error), 409)
    return Shown("runs", _list(app, asked, desk))


def run_page(app: App, asked: Asked, desk: Desk) -> Shown | Moved:
    """One difference; a POST has the run count, or forgets it."""
    name, fingerprint = asked.path["stage"], asked.path["run"]
    error, status = "", 200
    if asked.is_post:
        if asked.user is None:
            raise RefusedError("not_yours", 403)
        decide = {"promote": promoting.promote, "drop": promoting.drop}.get(asked.field("decide"))
        if decide is None:
            raise RefusedError("bad_request", 422)
        try:
            decide(app, name, fingerprint, by=asked.user)
            if asked.field("decide") == "promote":
                count_anew(app, desk)
            return Moved(f"/runs?lang={asked.lang}")
        except UsageError:
            error, status = page_words(asked.lang).say("runs.not_done"), 409
    try:
        found = promoting.look_at(app, name, fingerprint)
    except UsageError as gone:
        raise RefusedError("not_found", 404) from gone
    return Shown("run", _run(app, found, asked, error), status)


def _list(app: App, asked: Asked, desk: Desk, error: str = "") -> RunsPage:
    words = page_words(asked.lang)
    standing, running = promoting.standings(app), desk.background.running
    with app.ready_db.reading() as tx:
        held = list_runs(tx, limit=_SHOWN)
    is_admin = asked.user is not None and asked.user.role.may(Role.ADMIN)
    is_linked = any(one.version.stage == promoting.LINK and not one.is_partial for one in standing.beside)
    told = "runs.changed_linked" if is_linked else "runs.changed"
    changed = told if standing.is_register_changed else ""
    return RunsPage(
        current=tuple((words.say(f"runs.stage_{one}"), name) for one, name in standing.current.items()),
        beside=tuple(
            BesideLine(
                f"/run/{one.version.stage}/{quote(one.version.fingerprint)}",
                f"{words.say(f'runs.stage_{one.version.stage}')}: {one.version.fingerprint}",
                words.count("n.articles_left", one.waiting) if one.is_partial else words.say("runs.whole"),
            )
            for one in standing.beside
        ),
        changed=words.say("runs.unreadable") if standing.problems else words.say(changed) if changed else "",
        under_way=words.say("runs.under_way", job=job_title(words, running)) if running else "",
        may_start=tuple((key, words.say(f"runs.start_{key}")) for key in _JOBS) if is_admin else (),
        lines=tuple(_line(app, one, words, is_admin=is_admin) for one in held),
        error=error,
    )


def _line(app: App, run: Run, words: Catalogue, *, is_admin: bool) -> RunLine:
    """A run; what an error says may hold addresses and paths and is for those who can mend it."""
    error = words.say("runs.said", what=one_line(run.error, 200)) if run.error and is_admin else ""
    return RunLine(
        job=job_title(words, run.job),
        started=moment(words, run.started_at.astimezone(app.zone)),
        took=_took(run.started_at, run.ended_at, words),
        ending=words.say(f"runs.ending_{run.ending or 'open'}"),
        is_bad=run.ending in ("failed", "killed"),
        told=error or counted(words, run.job, run.counts),
    )


def _took(start: datetime, end: datetime | None, words: Catalogue) -> str:
    return "" if end is None else words.say("runs.seconds", n=words.number((end - start).total_seconds(), 1))


def _run(app: App, found: Reviewed | Review, asked: Asked, error: str) -> RunPage:
    words = page_words(asked.lang)
    is_tag = isinstance(found, Reviewed)
    version = found.candidate.version if isinstance(found, Reviewed) else found.version
    base = found.candidate.base if isinstance(found, Reviewed) else found.base
    left = found.candidate.waiting + found.candidate.behind if isinstance(found, Reviewed) else found.waiting
    # links that are not made yet would look like links that are gone
    difference = None if left and not is_tag else found.difference
    may_decide = asked.user is not None and asked.user.role.may(Role.ADMIN)
    edits = None if isinstance(found, Reviewed) else found.edits
    edited = (edits.changed, edits.added, edits.removed) if edits else ()
    return RunPage(
        title=f"{words.say(f'runs.stage_{version.stage}')}: {version.fingerprint}",
        base=words.say("runs.beside", base=base.fingerprint),
        partial=words.count("n.articles_left", left) if left else "",
        summary=tuple(_tag_lines(found, words) if isinstance(found, Reviewed) else _link_lines(found, words)),
        edits=() if isinstance(found, Reviewed) else tuple(_edits(found, words)),
        more_edits=_left_out((len(part) for part in edited), words),
        topics=tuple(_topics(app, difference, words)) if difference and is_tag else (),
        families=tuple(_families(app, difference, words)) if difference else (),
        n_families=words.number(len(difference.families)) if difference else "0",
        more_families=_left_out([len(difference.families)], words) if difference else "",
        weeks=tuple(_weeks(difference, words)) if difference else (),
        may_decide=may_decide,
        error=error,
    )


def _tag_lines(found: Reviewed, words: Catalogue) -> Iterable[str]:
    if found.difference is None:
        yield words.say("runs.no_difference")
        return
    yield words.count("n.articles_change", found.difference.changed)
    for what, n in found.difference.judgements.items():
        before, _, after = what.partition(" -> ")
        yield words.say(
            "runs.judgement",
            before=words.say(f"runs.said_{before}"),
            after=words.say(f"runs.said_{after}"),
            n=words.number(n),
        )
    if found.plan.carried or found.plan.waiting:
        carried, waiting = words.number(len(found.plan.carried)), words.number(len(found.plan.waiting))
        yield words.say("runs.corrections", n=carried, waiting=waiting)


def _link_lines(found: Review, words: Catalogue) -> Iterable[str]:
    edits, (before, after) = found.edits, found.families
    yield words.say(
        "runs.edits",
        added=words.number(len(edits.added)),
        changed=words.number(len(edits.changed)),
        removed=words.number(len(edits.removed)),
    )
    yield words.say(
        "runs.families_told",
        before=words.number(len(before)),
        after=words.number(len(after)),
        unchanged=words.number(found.unchanged),
    )
    yield words.count("n.articles_change", found.moves.articles)


def _edits(found: Review, words: Catalogue) -> Iterable[tuple[str, str]]:
    for agreement, fields in list(found.edits.changed.items())[:_SHOWN]:
        for name, (before, after) in fields.items():
            title = column_title(words, name)
            yield agreement, f"{title}: {told_value(before)} → {told_value(after)}"
    for sign, ids in (("+", found.edits.added), ("−", found.edits.removed)):
        for agreement in ids[:_SHOWN]:
            yield agreement, sign


def _left_out(sizes: Iterable[int], words: Catalogue) -> str:
    """How many agreements the lists of these sizes leave out, empty for none."""
    left = sum(max(0, n - _SHOWN) for n in sizes)
    return words.count("n.more_agreements", left) if left else ""


def _topics(app: App, found: Difference, words: Catalogue) -> Iterable[Shift]:
    for topic, moved in found.topics.items():
        if moved.gained or moved.lost:
            title = topic_name(app, TopicId(topic), words.lang)
            note = f"+{words.number(moved.gained)} −{words.number(moved.lost)}"
            yield Shift(title, "", words.number(moved.before), words.number(moved.after), note)


def _families(app: App, found: Difference, words: Catalogue) -> Iterable[Shift]:
    biggest = sorted(found.families.items(), key=lambda item: (-abs(item[1].after - item[1].before), item[0]))
    for family, change in biggest[:_SHOWN]:
        title, _ = family_title(app, FamilyId(family), words)
        yield Shift(title, f"/family/{family}", *_numbers(change, words), family)


def _weeks(found: Difference, words: Catalogue) -> Iterable[Shift]:
    for week in found.weeks:
        before, after = _numbers(week.originals, words)
        note = " → ".join(_numbers(week.family_originals, words))
        yield Shift(week_days(week.week, words), "", before, after, note)


def _numbers(change: Change, words: Catalogue) -> tuple[str, str]:
    return words.number(change.before), words.number(change.after)
