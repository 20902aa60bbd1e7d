"""Answers of readers: who, what and when are kept; the last word on a family in a region counts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import FamilyId, PlaceId
from monitor.gaps.answers import Answer, AnswerKind, add_answer, current_answers, list_answers

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ONE, TWO = FamilyId("AGR-0001"), FamilyId("AGR-0002")


def given(db: Db, kind: AnswerKind, family: FamilyId = ONE, **changes: object) -> Answer:
    plain = {"who": "reader 1", "at": NOW, "today": TODAY, "region": "by-mogilev-region", "week": "2026-W47"}
    with db.begin() as tx:
        return add_answer(tx, kind=kind, family=family, **{**plain, **changes})  # type: ignore[arg-type]


def current(db: Db, now: datetime = NOW) -> dict[FamilyId, tuple[Answer, ...]]:
    with db.begin() as tx:
        return dict(current_answers(tx, now))


def test_an_answer_is_kept_whole_and_rests_the_row_for_eight_weeks(db: Db) -> None:
    made = given(db, AnswerKind.NOT_NEWS, note="  Фестиваль отменён  ")
    assert made == Answer(
        id=made.id,
        kind=AnswerKind.NOT_NEWS,
        family=ONE,
        region=PlaceId("by-mogilev-region"),
        week="2026-W47",
        who="reader 1",
        at=NOW,
        note="Фестиваль отменён",
        rests_until=date(2027, 1, 18),
    )
    assert current(db) == {ONE: (made,)}
    assert current(db, datetime(2027, 1, 17, 23, 59, tzinfo=UTC)) == {ONE: (made,)}
    assert current(db, datetime(2027, 1, 18, tzinfo=UTC)) == {}


def test_the_last_answer_of_each_region_counts(db: Db) -> None:
    given(db, AnswerKind.WORKING)
    elsewhere = given(db, AnswerKind.WORKING, region="by-gomel-region")
    last = given(db, AnswerKind.REMIND, remind_on=TODAY + timedelta(days=2))
    other = given(db, AnswerKind.WRONG, TWO, who="reader 2")
    assert current(db) == {ONE: (last, elsewhere), TWO: (other,)}
    assert current(db, NOW + timedelta(days=2)) == {ONE: (elsewhere,), TWO: (other,)}


def test_an_answer_to_no_row_rests_nothing(db: Db) -> None:
    made = given(db, AnswerKind.MISSED, FamilyId(""))
    assert made.rests_until is None
    assert current(db) == {}
    with db.begin() as tx:
        assert list_answers(tx) == (made,)


def test_answers_are_listed_newest_first_by_family_and_person(db: Db) -> None:
    first = given(db, AnswerKind.WORKING)
    second = given(db, AnswerKind.WRONG, who="reader 2")
    other = given(db, AnswerKind.WRONG, TWO)
    with db.begin() as tx:
        assert list_answers(tx) == (other, second, first)
        assert list_answers(tx, ONE) == (second, first)
        assert list_answers(tx, who="reader 1") == (other, first)


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        (AnswerKind.WORKING, {"who": " "}, "name of who"),
        (AnswerKind.WORKING, {"who": "x" * 121}, "at most 120"),
        (AnswerKind.WRONG, {"note": "x" * 301}, "at most 300"),
        (AnswerKind.NOT_NEWS, {"note": " \n"}, "why"),
        (AnswerKind.REMIND, {}, "has a day"),
        (AnswerKind.WORKING, {"remind_on": TODAY + timedelta(days=3)}, "has a day"),
        (AnswerKind.REMIND, {"remind_on": TODAY}, "between tomorrow"),
        (AnswerKind.REMIND, {"remind_on": TODAY + timedelta(days=367)}, "between tomorrow"),
    ],
)
def test_an_answer_that_cannot_hold_is_refused_and_not_kept(
    db: Db, kind: AnswerKind, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        given(db, kind, **changes)
    with db.begin() as tx:
        assert list_answers(tx) == ()
