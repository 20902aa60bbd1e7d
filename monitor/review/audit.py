"""Stage: draws the weekly audit sample, and takes in what the reviewers answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar

import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.audit import audit_items_of, find_draw, texts_of
from monitor.articles.audit_plan import AuditPlan
from monitor.articles.audit_types import Answer, AuditItem, Draw
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.articles.effective import judged
from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.clock import asked_week_start
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, FamilyId, PlaceId, Week
from monitor.core.runs import Version
from monitor.gaps.readings import Window
from monitor.linking.store import forget_linking
from monitor.linking.tables import linkings
from monitor.register.types import Register, Side
from monitor.review import store
from monitor.review.sample import Drawn, draw
from monitor.review.sheet import Said
from monitor.review.standing import Runs, families_now, parts, runs_now, topics_now

MOST_OFFERED = 12  # agreements put before a reviewer; ours are always among them

K = TypeVar("K", bound=str)


def draw_sample(
    *, db: Db, register: Register, plan: AuditPlan, week: Week, now: datetime, zone: tzinfo, min_p: float
) -> tuple[Draw, list[AuditItem]]:
    """The sample of a week: drawn once, given again as it was however often it is asked for.

    Errors: UsageError when the week is not over or no week, or nothing was tagged and linked yet.
    """
    window = _week_window(week, now=now, zone=zone)
    with db.begin() as tx:
        found = find_draw(tx, week)
        if found is None:
            runs = runs_now(tx, min_p)
            texts = texts_of(tx, window.start, window.stop, tag_version=runs.tag.id)
            families = families_now(tx, [m for text in texts for m in text.members], runs)
            sample = draw(texts, families, plan.sizes, week)
            found = Draw(week, now, sample.sizes)
            store.add_draw(tx, found, tag=runs.tag, link=runs.link)
            articles = [one.text.article for one in sample.drawn]
            store.add_items(
                tx,
                week,
                sample.drawn,
                offered=_offered(tx, sample.drawn, register, runs.link),
                topics=topics_now(tx, articles, runs.tag),
            )
        return found, audit_items_of(tx, week=week)


def take_answers(
    *, db: Db, said: Sequence[Said], register: Register, who: str, now: datetime, min_p: float
) -> Counts:
    """Keep answers, all or none, and the corrections among them. What was said before changes nothing.

    Counts: answered (for the first time), changed, unchanged, corrections. They stand in the log too: a sheet
    comes in at the command line, where nobody is signed in, and `who` is what somebody typed.
    Errors: UsageError without the name of who answers.
    """
    corrections.check_words(who, "")
    counts = Counts()
    with db.begin() as tx:
        runs = runs_now(tx, min_p)
        items = {item.id: item for item in audit_items_of(tx)}
        for one in said:
            item = items[one.item]
            if item.answer == one.answer:
                counts.add("unchanged")
                continue
            store.add_answer(tx, item.id, one.answer, who=who, at=now)
            counts.add("answered" if item.answer is None else "changed")
            if one.answer.corrects:
                sayings = _sayings(tx, item.article, one.answer, register, runs)
                note = f"audit {item.week}" + (f": {one.answer.note}" if one.answer.note else "")
                made = corrections.add(
                    tx, item.article, sayings, who=who, at=now, note=note[: corrections.NOTE_LIMIT]
                )
                forget_linking(tx, item.article)
                counts.add("corrections", len(made))
        told = ", ".join(f"{counts[name]} {name}" for name in ("answered", "changed", "corrections"))
        log_action(tx, COMMAND_LINE, Action.AUDIT, f"{told} ({who})", now)
    return counts


def _week_window(week: Week, *, now: datetime, zone: tzinfo) -> Window:
    monday = asked_week_start(week)
    window = Window(monday, monday + timedelta(days=6), zone)
    if window.stop > now:
        raise UsageError(f"{week} is not over yet: draw it when it is, so that every text has a chance")
    return window


def _offered(
    tx: Tx, drawn: Sequence[Drawn], register: Register, link: Version
) -> dict[int, list[AgreementId]]:
    """One agreement of each family that was linked, or of which both sides are named, by id."""
    places: dict[int, set[PlaceId]] = {}
    for part in parts([one.text.article for one in drawn]):
        query = sa.select(linkings.c.article_id, linkings.c.mentions).where(
            linkings.c.version_id == link.id, linkings.c.article_id.in_(part)
        )
        for article, mentions in tx.execute(query):
            places[article] = {PlaceId(mention[0]) for mention in mentions}
    offered: dict[int, list[AgreementId]] = {}
    for one in drawn:
        near = [] if one.text.article not in places else _near(register, places[one.text.article])
        room = max(MOST_OFFERED - len(one.families), 0)
        chosen = {*one.families, *[family for family in near if family not in one.families][:room]}
        offered[one.text.article] = sorted(
            register.families[family].members[0] for family in chosen if family in register.families
        )
    return offered


def _near(register: Register, places: set[PlaceId]) -> list[FamilyId]:
    """Families with a named party on each side, those with most parties named first."""
    scored = []
    for family in register.families.values():
        parties = [p for m in family.members for p in register.agreements[m].parties]
        own = {p.place for p in parties if p.side is Side.BY} & places
        other = {p.place for p in parties if p.side is not Side.BY} & places
        if own and other:
            scored.append((-len(own | other) / max(len(family.places), 1), family.id))
    return [family for _, family in sorted(scored)]


def _sayings(tx: Tx, article: ArticleId, answer: Answer, register: Register, runs: Runs) -> list[Saying]:
    """Where the answer differs from what counts now."""
    judgement = judged(runs.tag.id, [article])
    label = tx.execute(sa.select(judgement.c.label)).scalar_one_or_none()
    said: list[Saying] = []
    if label is not answer.cooperation:
        yes, no = corrections.LABEL
        said.append(Saying(yes if answer.cooperation else no))
    if not answer.cooperation:
        return said
    linked_now = set(families_now(tx, [article], runs).get(article, ()))
    told = {register.family_of[agreement]: agreement for agreement in answer.agreements}
    said += _differing(corrections.LINK, linked_now, told)
    if answer.topics is not None:
        now = set(topics_now(tx, [article], runs.tag).get(article, ()))
        said += _differing(corrections.TOPIC, now, {topic: topic for topic in answer.topics})
    return said


def _differing(
    pair: tuple[CorrectionKind, CorrectionKind], now: set[K], told: Mapping[K, str]
) -> list[Saying]:
    add, remove = pair
    added = [Saying(add, told[key]) for key in sorted(told) if key not in now]
    return added + [Saying(remove, key) for key in sorted(now - told.keys())]
