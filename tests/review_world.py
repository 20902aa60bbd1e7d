"""An installation with something in every queue of the review, for tests of its pages; asserts nothing."""

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from monitor.articles.audit_tables import audit_draws, audit_items
from monitor.articles.tables import taggings, tags
from monitor.core.accounts import Role, sessions, users
from monitor.core.db import Tx
from monitor.linking.tables import linkings, links
from tests.make import add_article
from tests.web_world import NOW

PEOPLE = {
    "anna": Role.REVIEWER,
    "petr": Role.REVIEWER,
    "chief": Role.ADMIN,
    "ed": Role.EDITOR,
    "rita": Role.READER,
}
WEEK = "2025-W47"
AUDIT, UNDECIDED, LINKS = 9000, 9100, 9200  # first numbers of articles
N_AUDIT, N_UNDECIDED, N_LINKS = 12, 10, 4
FAMILY = "AGR-0184"  # Bobruisk and Batumi
TEXT = "Делегация из Бобруйска побывала в Батуми.\nСтороны подписали план на {n} год."
MARKED = "Бобруйска"


def fill(tx: Tx) -> None:
    """People of every role; an audit sample, half of it found; undecided articles; nearly linked ones."""
    _people(tx)
    values = {"week": WEEK, "drawn_at": NOW, "tag_version_id": 1, "link_version_id": 2, "doc": {}}
    tx.execute(sa.insert(audit_draws).values(**values))
    for n in range(N_AUDIT):
        _audited(tx, n)
    for n in range(N_UNDECIDED):
        article = _article(tx, UNDECIDED + n, label=None if n % 2 else True, reason="topic_undecided")
        for topic, p in (("trade", 0.5), ("culture", 0.4)):
            key = {"article_id": article, "version_id": 1, "topic": topic}
            tx.execute(sa.insert(tags).values(**key, p=p, published=False))
    for n in range(N_LINKS):
        _linking(tx, _article(tx, LINKS + n), reason="sibling_only", related=[FAMILY])


def session_of(name: str) -> str:
    """The key of a session of one of the people: a password takes half a second each time it is checked."""
    return f"session-of-{name}"


def _people(tx: Tx) -> None:
    for number, (name, role) in enumerate(PEOPLE.items(), 1):
        values = {"name": name, "role": role.value, "password_hash": "", "created_at": NOW}
        tx.execute(sa.insert(users).values(id=number, **values))
        key = hashlib.sha256(session_of(name).encode()).hexdigest()
        ends = NOW + timedelta(days=7)
        tx.execute(sa.insert(sessions).values(key_hash=key, user_id=number, ends_at=ends))


def _audited(tx: Tx, n: int) -> None:
    """Every other one was found: tagged and linked."""
    is_found = n % 2 == 0
    article = _article(tx, AUDIT + n, label=is_found, reason="" if is_found else "below_gate")
    if is_found:
        tx.execute(
            sa.insert(tags).values(article_id=article, version_id=1, topic="trade", p=0.9, published=True)
        )
        _linking(tx, article)
        tx.execute(
            sa.insert(links).values(
                article_id=article, version_id=2, family_id=FAMILY, member=None, p=0.95, depth="title",
                stage="signing", evidence=[],
            )
        )  # fmt: skip
    tx.execute(
        sa.insert(audit_items).values(
            id=500 + n, week=WEEK, article_id=article, stratum="found" if is_found else "rest",
            weight=1.0 + n, lang="ru", label=is_found, families=[FAMILY] if is_found else [],
            offered=[FAMILY] if is_found else [], topics=["trade"] if is_found else [],
        )
    )  # fmt: skip


def _article(tx: Tx, number: int, *, label: bool | None = True, reason: str = "") -> int:
    text = TEXT.format(n=number)
    add_article(tx, "agency", number, title=f"Встреча {number}", text=text,
                published_at=NOW)  # fmt: skip
    key = {"article_id": number, "version_id": 1}
    tx.execute(
        sa.insert(taggings).values(**key, gate_p=0.5, label=label, reason=reason, names=[1, 1, 1, 1, 1, 0])
    )
    return number


def _linking(tx: Tx, article: int, *, reason: str = "", related: list[str] | None = None) -> None:
    start = TEXT.index(MARKED)
    mention = ["by-city-bobruisk", "text", start, start + len(MARKED), "name"]
    key = {"article_id": article, "version_id": 2, "n_links": 0 if reason else 1}
    tx.execute(sa.insert(linkings).values(**key, reason=reason, mentions=[mention], related=related))
