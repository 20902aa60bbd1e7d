"""What people say wins over every run, in every count, on both databases; the last word holds."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Ruling, Saying
from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, FamilyId, SourceId, TopicId
from monitor.core.runs import ensure_version
from monitor.gaps.counts import count
from monitor.gaps.readings import Basis, Counted, Window
from monitor.linking import store as linking
from monitor.register.store import save_register
from tests.make_gaps import Writer, register

AT = datetime(2026, 4, 10, 12, tzinfo=UTC)
WINDOW = Window(date(2026, 3, 2), date(2026, 5, 31), ZoneInfo("Europe/Minsk"))
SIDES = {SourceId("agency"): "by", SourceId("daily"): "by"}
F1, F2 = FamilyId("AGR-0001"), FamilyId("AGR-0002")
YES, NO = Saying(CorrectionKind.COOPERATION), Saying(CorrectionKind.NOT_COOPERATION)


@pytest.fixture
def writer(db: Db) -> Writer:
    with db.begin() as tx:
        made = Writer(tx)
        made.press()
        save_register(tx, register(), at=AT)
    return made


def add(db: Db, writer: Writer, **how: object) -> ArticleId:
    with db.begin() as tx:
        writer.tx = tx
        families = how.pop("families", (F1,))
        return ArticleId(writer.article("agency", AT, *families, **how))  # type: ignore[arg-type, misc]


def say(db: Db, article: ArticleId, *sayings: Saying) -> list[int]:
    with db.begin() as tx:
        return corrections.add(tx, article, sayings, who="Анна", at=AT)


def counted(db: Db, writer: Writer) -> Counted:
    with db.begin() as tx:
        return count(tx, WINDOW, Basis(writer.tag.id, writer.link.id, 0.5), sides=SIDES, due_from={})


def originals(found: Counted) -> dict[str, int]:
    return {family: counts.originals for family, counts in found.families.items()}


def test_an_article_said_to_be_no_cooperation_counts_nowhere(db: Db, writer: Writer) -> None:
    article = add(db, writer, topic="trade")
    assert (originals(counted(db, writer)), counted(db, writer).topic_originals) == ({F1: 1}, {"trade": 1})
    say(db, article, NO)
    found = counted(db, writer)
    assert (originals(found), found.topic_originals, found.coop_originals) == ({}, {}, 0)
    assert found.below_gate == {F1: 1}


@pytest.mark.parametrize("label", [False, None])
def test_an_article_said_to_be_cooperation_counts(db: Db, writer: Writer, label: bool | None) -> None:
    article = add(db, writer, label=label, topic="trade")
    say(db, article, YES)
    found = counted(db, writer)
    assert (originals(found), found.topic_originals, found.coop_by_source) == (
        {F1: 1}, {"trade": 1}, {SourceId("agency"): 1},
    )  # fmt: skip
    assert (found.below_gate, found.undecided) == ({}, {})


def test_topics_are_added_and_taken_away(db: Db, writer: Writer) -> None:
    article = add(db, writer, topic="trade")
    say(
        db,
        article,
        Saying(CorrectionKind.TOPIC_ADD, "culture"),
        Saying(CorrectionKind.TOPIC_REMOVE, "trade"),
        Saying(CorrectionKind.TOPIC_REMOVE, "never_given"),
    )
    assert counted(db, writer).topic_originals == {"culture": 1}
    with db.begin() as tx:
        assert linking.topics_of(tx, [article], writer.tag.id) == {article: {"culture": 1.0}}


def test_links_are_added_and_taken_away_for_the_family_of_the_agreement(db: Db, writer: Writer) -> None:
    article = add(db, writer)
    say(
        db,
        article,
        Saying(CorrectionKind.LINK_ADD, "AGR-0002"),
        Saying(CorrectionKind.LINK_REMOVE, "AGR-0001"),
    )
    assert originals(counted(db, writer)) == {F2: 1}
    with db.begin() as tx:
        assert linking.find_coverage(tx, F1) == []
        told = linking.find_coverage(tx, F2)
    assert [(one.outlet, one.p, one.stage, one.quotes) for one in told] == [("agency", 1.0, "none", ())]


def test_a_doubtful_link_that_a_person_confirms_counts_with_what_was_read_of_it(
    db: Db, writer: Writer
) -> None:
    article = add(db, writer, p=0.2)
    assert originals(counted(db, writer)) == {}
    say(db, article, Saying(CorrectionKind.LINK_ADD, "AGR-0001"))
    assert counted(db, writer).families[F1].by_depth == {"lead": 1}


def test_corrections_hold_under_another_run_also_before_it_comes_to_the_article(
    db: Db, writer: Writer
) -> None:
    article = add(db, writer, label=False, families=())
    say(
        db,
        article,
        YES,
        Saying(CorrectionKind.TOPIC_ADD, "trade"),
        Saying(CorrectionKind.LINK_ADD, "AGR-0001"),
    )
    with db.begin() as tx:
        writer.tag = ensure_version(tx, "tag", "tag-2", {}, at=AT)
        writer.link = ensure_version(tx, "link", "link-2", {}, at=AT)
    found = counted(db, writer)
    assert (originals(found), found.topic_originals) == ({F1: 1}, {"trade": 1})


def test_the_last_word_holds_and_undone_the_one_before(db: Db, writer: Writer) -> None:
    article = add(db, writer)
    (first,) = say(db, article, NO)
    (second,) = say(db, article, YES)
    assert originals(counted(db, writer)) == {F1: 1}
    with db.begin() as tx:
        assert corrections.undo(tx, second, who="Пётр", at=AT).id == second
    assert originals(counted(db, writer)) == {}
    with db.begin() as tx:
        corrections.undo(tx, first, who="Пётр", at=AT)
        told = [(c.kind.value, c.undoes, c.who, c.holds) for c in corrections.list_corrections(tx, article)]
        assert corrections.rulings(tx) == {}
    assert originals(counted(db, writer)) == {F1: 1}
    assert told == [
        ("not_cooperation", None, "Анна", False),
        ("cooperation", None, "Анна", False),
        ("undo", second, "Пётр", False),
        ("undo", first, "Пётр", False),
    ]


def test_what_holds_is_told_by_article(db: Db, writer: Writer) -> None:
    one, other = add(db, writer), add(db, writer)
    say(db, one, NO)
    say(
        db,
        other,
        YES,
        Saying(CorrectionKind.TOPIC_ADD, "trade"),
        Saying(CorrectionKind.LINK_REMOVE, "AGR-0001"),
    )
    with db.begin() as tx:
        assert corrections.rulings(tx) == {
            one: Ruling(cooperation=False),
            other: Ruling(
                True, frozenset({TopicId("trade")}), not_agreements=frozenset({AgreementId("AGR-0001")})
            ),
        }
        assert corrections.last_correction_at(tx) == AT


def test_contradictions_unknown_numbers_and_nameless_people_are_refused(db: Db, writer: Writer) -> None:
    article = add(db, writer)
    with pytest.raises(UsageError, match="contradict"):
        say(db, article, YES, NO)
    with pytest.raises(UsageError, match="no correction 7"), db.begin() as tx:
        corrections.undo(tx, 7, who="Анна", at=AT)
    with pytest.raises(UsageError, match="--who"), db.begin() as tx:
        corrections.add(tx, article, [YES], who=" ", at=AT)
    (number,) = say(db, article, YES)
    with db.begin() as tx:
        corrections.undo(tx, number, who="Анна", at=AT)
        with pytest.raises(UsageError, match="undone before"):
            corrections.undo(tx, number, who="Анна", at=AT)
        with pytest.raises(UsageError, match="undoing itself"):
            corrections.undo(tx, number + 1, who="Анна", at=AT)
        assert tx.execute(sa.text("select count(*) from corrections")).scalar_one() == 2
