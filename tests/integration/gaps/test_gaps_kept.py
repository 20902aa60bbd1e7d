"""Kept weeks give what counting anew gives, whatever has changed since they were kept; on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.articles.tables import articles, taggings, tags, translation_ties
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId, SourceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.ledger_store import record
from monitor.core.progress import silent
from monitor.core.runs import add_version, current_version, make_current
from monitor.gaps.counts import count
from monitor.gaps.kept import Span, keep_weeks, left_out, read_press
from monitor.gaps.readings import Basis, Window
from monitor.gaps.tables import count_marks, kept_weeks
from monitor.gaps.watching import watched_sources
from tests.make_gaps import PRESS, Writer

ZONE = ZoneInfo("Europe/Minsk")
NOW = datetime(2026, 6, 1, tzinfo=UTC)  # in Minsk it is Monday, three o'clock
WEEKS = 8
LAST = date(2026, 5, 31)
WINDOW = Window(LAST - timedelta(weeks=WEEKS) + timedelta(days=1), LAST, ZONE)
SIDES = {SourceId("pskov"): "partner"}
TOPICS = ("trade", "culture", "sport")
SPAN = 10 * 7 * 86_400  # articles are dated before the window too


def written(db: Db) -> Writer:
    """A press of 150 articles with copies over the edges of weeks."""
    draw = Random(7)
    with db.begin() as tx:
        made = Writer(tx)
        made.press()
        for source in PRESS:
            made.polls(source.id, since=NOW - timedelta(weeks=15))
        for _ in range(150):
            add(made, draw)
    return made


def keep(db: Db) -> int:
    return keep_weeks(db=db, upto=LAST, weeks=WEEKS, now=NOW, zone=ZONE, progress=silent)


def moment(draw: Random) -> datetime:
    return NOW - timedelta(seconds=draw.randrange(SPAN))


def some(writer: Writer, draw: Random) -> int:
    """An article; those that were taken away are no longer in the pool."""
    ids = writer.tx.execute(sa.select(articles.c.id).order_by(articles.c.id)).scalars().all()
    return int(draw.choice(ids))


def judgement(writer: Writer, article: int, version: int, draw: Random) -> None:
    key = {"article_id": article, "version_id": version}
    label = draw.choice((True, True, True, False, None))
    writer.tx.execute(sa.insert(taggings).values(**key, gate_p=0.5, label=label, names=[]))
    writer.tx.execute(sa.insert(tags).values(**key, topic=draw.choice(TOPICS), p=0.9, published=True))


# --- what may happen to a press ---


def add(writer: Writer, draw: Random) -> None:
    """A late article, often a copy of an older one."""
    source, at = draw.choice(PRESS).id, moment(draw)
    cluster = None
    if writer.last_id and draw.random() < 0.3:
        cluster = writer.tx.execute(
            sa.select(articles.c.cluster_id).where(articles.c.id == some(writer, draw))
        ).scalar_one()
        when = sa.select(articles.c.published_at).where(articles.c.id == cluster)
        first = writer.tx.execute(when).scalar_one_or_none() or at
        at = min(first + timedelta(days=draw.randrange(9)), NOW - timedelta(hours=1))
    label = draw.choice((True, True, False, None))
    state = "dead" if draw.random() < 0.1 else "ready"
    family = draw.choice(("AGR-0001", "AGR-0002", "AGR-0006"))
    writer.article(source, at, family, cluster=cluster, label=label, topic=draw.choice(TOPICS), state=state)


def date_anew(writer: Writer, draw: Random) -> None:
    change(writer, some(writer, draw), published_at=draw.choice((moment(draw), None)))


def change(writer: Writer, article: int, **values: object) -> None:
    writer.tx.execute(sa.update(articles).where(articles.c.id == article).values(**values))


def join(writer: Writer, draw: Random) -> None:
    one, other = some(writer, draw), some(writer, draw)
    change(writer, max(one, other), cluster_id=min(one, other), is_origin=False)


def leave(writer: Writer, draw: Random) -> None:
    one = some(writer, draw)
    change(writer, one, cluster_id=one, is_origin=True)


def rule(writer: Writer, draw: Random) -> None:
    kind = draw.choice([k for k in CorrectionKind if k.value.startswith(("coop", "not", "topic"))])
    value = draw.choice(TOPICS) if kind.value.startswith("topic") else ""
    made = corrections.add(writer.tx, ArticleId(some(writer, draw)), [Saying(kind, value)], who="A", at=NOW)
    if draw.random() < 0.3:
        corrections.undo(writer.tx, made[0], who="A", at=NOW)


def judge_anew(writer: Writer, draw: Random) -> None:
    label = draw.choice((True, False, None))
    one = some(writer, draw)
    writer.tx.execute(sa.update(taggings).where(taggings.c.article_id == one).values(label=label))
    writer.tx.execute(sa.delete(tags).where(tags.c.article_id == one))


def tie(writer: Writer, draw: Random) -> None:
    one, other = sorted((some(writer, draw), some(writer, draw)))
    known = sa.select(translation_ties).where(
        translation_ties.c.one_id == one, translation_ties.c.other_id == other
    )
    if one != other and writer.tx.execute(known).first() is None:
        writer.tell_the_same(one, other)


def untie(writer: Writer, draw: Random) -> None:
    first = writer.tx.execute(sa.select(translation_ties.c.one_id).limit(1)).scalar_one_or_none()
    writer.tx.execute(sa.delete(translation_ties).where(translation_ties.c.one_id == first))


def lose(writer: Writer, draw: Random) -> None:
    """A page is not had: why stands in the ledger, first one reason and then another."""
    one = some(writer, draw)
    url = writer.tx.execute(sa.select(articles.c.listed_url).where(articles.c.id == one)).scalar_one()
    change(writer, one, state="dead")
    reason = draw.choice((Reason.TIMEOUT, Reason.ROBOTS))
    record(writer.tx, LedgerEntry(Stage.FETCH, url, Ending.FAILED, reason, NOW, "daily"))
    if draw.random() < 0.5:
        again = draw.choice((Reason.DUPLICATE_URL, Reason.NO_TEXT))
        record(writer.tx, LedgerEntry(Stage.EXTRACT, str(one), Ending.SKIPPED, again, NOW, "daily"))


def promote(writer: Writer, draw: Random) -> None:
    """A run beside the current one, judged otherwise, then made the current one."""
    made = add_version(writer.tx, "tag", f"tag-{draw.random()}", {}, at=NOW)
    for one in writer.tx.execute(sa.select(articles.c.id).order_by(articles.c.id)).scalars().all():
        judgement(writer, one, made.id, draw)
    make_current(writer.tx, made)


CHANGES: tuple[Callable[[Writer, Random], None], ...] = (
    add, add, date_anew, join, leave, rule, rule, judge_anew, tie, untie, lose, lose,
)  # fmt: skip


def both(tx: Tx, window: Window, writer: Writer) -> tuple[object, object]:
    """Counts, watching, pages and overflows of a window: with what is kept, and counted anew."""
    tag = current_version(tx, "tag")
    assert tag is not None
    basis = Basis(tag.id, writer.link.id, 0.5)
    end = min(window.stop, NOW)
    press = read_press(tx, window, end=end, tag_version=tag.id)
    return tuple(
        (
            count(tx, window, basis, sides=SIDES, due_from={}, press=stretches),
            watched_sources(tx, start=window.start, stop=end, tag_version=tag.id, listed=listed),
        )
        for stretches, listed in ((press.stretches, press.listed), (None, None))
    )  # type: ignore[return-value]


def follow(db: Db, seed: int, rounds: int) -> None:
    """Change the press, and after each few changes count in both ways."""
    writer, draw = written(db), Random(seed)
    young = Window(WINDOW.from_on + timedelta(days=3), LAST - timedelta(days=2), ZONE)  # cuts two weeks
    assert keep(db) == WEEKS + 26
    counted_again = 0
    for n in range(rounds):
        with db.begin() as tx:
            writer.tx = tx
            if n == rounds // 2:
                promote(writer, draw)
            for _ in range(3):
                draw.choice(CHANGES)(writer, draw)
        with db.reading() as tx:
            for window in (WINDOW, young):
                told, anew = both(tx, window, writer)
                assert told == anew
        if n % 2 == 1 and n != rounds // 2:
            counted_again += keep(db)
    assert 0 < counted_again < (rounds // 2 + 1) * WEEKS + 26  # not all that is kept, each time


def test_kept_weeks_give_what_counting_anew_gives(db: Db) -> None:
    follow(db, 1, 4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_kept_weeks_hold_over_many_changes(db: Db, seed: int) -> None:
    follow(db, seed, 16)


def test_a_kept_week_is_what_is_read(db: Db) -> None:
    writer = written(db)
    keep(db)
    with db.begin() as tx:
        row = tx.execute(sa.select(kept_weeks).order_by(kept_weeks.c.start_at.desc()).limit(1)).one()
        other = {**row.doc, "originals": row.doc["originals"] + 1000}
        tx.execute(sa.update(kept_weeks).where(kept_weeks.c.start_at == row.start_at).values(doc=other))
    with db.reading() as tx:
        basis = Basis(writer.tag.id, writer.link.id, 0.5)
        press = read_press(tx, WINDOW, end=NOW, tag_version=writer.tag.id).stretches
        told, anew = (
            count(tx, WINDOW, basis, sides=SIDES, due_from={}, press=known).coop_originals
            for known in (press, None)
        )
    assert told == anew + 1000


def test_only_weeks_that_changed_are_counted_again(db: Db) -> None:
    writer = written(db)
    keep(db)
    assert keep(db) == 0
    with db.begin() as tx:
        writer.tx = tx
        one = writer.article("daily", NOW - timedelta(days=4), "AGR-0001", topic="trade")
        far = writer.article("paper", NOW - timedelta(days=40), cluster=one, topic="trade")
    assert keep(db) == 2
    with db.begin() as tx:
        tx.execute(sa.update(articles).where(articles.c.id == far).values(text="anew", turn=3))
    assert keep(db) == 0
    with db.begin() as tx:
        writer.tx = tx
        other = add_version(tx, "tag", "tag-2", {}, at=NOW)
        judgement(writer, one, other.id, Random(1))
        assert tx.execute(sa.select(count_marks)).all() == []  # a run beside the current one counts nowhere
        make_current(tx, other)
        assert tx.execute(sa.select(kept_weeks.c.start_at)).all() == []


def test_a_week_that_is_not_over_or_of_before_the_first_poll_is_not_kept(db: Db) -> None:
    with db.begin() as tx:
        writer = Writer(tx)
        writer.press()
    assert keep(db) == 0
    with db.begin() as tx:
        writer.tx = tx
        writer.polls("daily", since=NOW - timedelta(days=3))
    keep(db)
    sunday = LAST + timedelta(weeks=1)
    assert keep_weeks(db=db, upto=sunday, weeks=WEEKS, now=NOW, zone=ZONE, progress=silent) == 0


def test_what_is_left_of_a_span_is_what_no_part_covers() -> None:
    day = [NOW + timedelta(days=n) for n in range(8)]
    whole = Span(day[0], day[7])
    assert left_out(whole, []) == [whole]
    assert left_out(whole, [Span(day[4], day[5]), Span(day[0], day[2])]) == [
        Span(day[2], day[4]),
        Span(day[5], day[7]),
    ]
    assert left_out(whole, [Span(day[0], day[3]), Span(day[3], day[7])]) == []
