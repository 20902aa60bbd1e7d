"""A made-up press of any size for `monitor benchmark gaptable`: articles, judgements, links, polls, ledger.

The outlets are the shipped ones; the register has 500 agreements of one Belarusian district and one foreign
region each. Nothing is read or judged: what is measured is counting.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles.kept_store import insert_many
from monitor.articles.tables import articles, taggings, tags
from monitor.core.db import Db, Tx
from monitor.core.ids import AgreementId, FamilyId, PlaceId, TopicId
from monitor.core.ledger_store import ledger
from monitor.core.runs import ensure_version
from monitor.core.shipped import config_dir
from monitor.crawl.sources import load_sources
from monitor.crawl.store import put_sources
from monitor.crawl.tables import checks
from monitor.crawl.types import Source
from monitor.linking.tables import links
from monitor.register.load import load_register
from monitor.register.types import Agreement, Family, PartialDate, Party, Register, Side, Status

AGREEMENTS = 500
WEEKS = 52
NOW = datetime(2026, 6, 1, tzinfo=UTC)  # midnight after a Sunday
START = NOW - timedelta(weeks=WEEKS)
WEEK = "2026-W22"
COOPERATION, UNDECIDED, DEAD, COPIES = 0.15, 0.03, 0.03, 0.3
POLL_EVERY = timedelta(hours=12)
POLL_FAILS = 0.02
TEXT = "Делегация области посетила предприятия партнёров и обсудила план совместной работы. " * 12
_CHUNK = 20_000
_STAGES = ("extract", "tag")


@dataclass(frozen=True, slots=True)
class Setup:
    """Register and outlets of the made-up press."""

    register: Register
    sources: tuple[Source, ...]

    @property
    def polled(self) -> tuple[Source, ...]:
        """Outlets that are asked."""
        return tuple(s for s in self.sources if s.enabled)


def setup() -> Setup:
    """500 agreements, each a family of its own, and the shipped outlets."""
    shipped = load_register(config_dir())
    places = shipped.places.values()
    own = [p for p in places if p.country == "BY" and p.kind in ("district", "region")]
    other = [p for p in places if p.country not in ("BY", None) and p.kind == "region"]
    rng = np.random.default_rng(1)
    every = list(product(own, other))
    pairs = [every[i] for i in rng.permutation(len(every))[:AGREEMENTS]]
    topics = list(shipped.topics)
    made: dict[AgreementId, Agreement] = {}
    for n, (home, away) in enumerate(pairs, 1):
        key = AgreementId(f"AGR-{n:04d}")
        region = home.id if home.kind == "region" else home.parent
        parties = (Party(home.id, home.name_en, Side.BY), Party(away.id, away.name_en, Side.PARTNER))
        made[key] = Agreement(
            id=key, title=key, title_ru=key, kind="interregional_agreement", status=Status.IN_FORCE,
            signed=PartialDate(2015, 1 + n % 12), valid_until=None, parties=parties,
            topics=tuple(topics[(n + i) % len(topics)] for i in range(3)), targets=(), count=None,
            part_of=None, event=None, monitored=True, monitor_note="",
            interest=(PlaceId(str(region)),), seed="", lines=(), notes="",
        )  # fmt: skip
    families = {
        FamilyId(a.id): Family(FamilyId(a.id), (a.id,), frozenset(p.place for p in a.parties))
        for a in made.values()
    }
    register = Register(
        agreements=made, places=shipped.places, topics=shipped.topics, families=families,
        version="benchmark", family_of={a: FamilyId(a) for a in made},
    )  # fmt: skip
    sources = load_sources(config_dir() / "sources", shipped.places)
    return Setup(register, tuple(replace(s, enabled=s.enabled or i % 2 == 0) for i, s in enumerate(sources)))


def fill(db: Db, made: Setup, n: int, seed: int) -> None:
    """Write `n` articles of 52 weeks, with everything that a crawl and its stages leave behind."""
    with db.begin() as tx:
        put_sources(tx, made.sources, at=START)
        tag = ensure_version(tx, "tag", "tag-1", {}, at=START).id
        link = ensure_version(tx, "link", "link-1", {}, at=START).id
        insert_many(tx, checks, _CHECK_COLUMNS, _polls(made, START, NOW, seed))
    rng = np.random.default_rng(seed)
    for first in range(0, n, _CHUNK):
        size = min(_CHUNK, n - first)
        at = np.sort(rng.uniform(first / n, (first + size) / n, size)) * (WEEKS * 7 * 86_400)
        add_articles(db, made, first + 1, START, at, rng, tag=tag, link=link)
    with db.begin() as tx:
        tx.execute(sa.text("ANALYZE"))


def add_week(db: Db, made: Setup, n_before: int, n: int, seed: int) -> None:
    """A week more: its polls and `n` articles."""
    rng = np.random.default_rng([seed, 9])
    with db.begin() as tx:
        polls = _polls(made, NOW, NOW + timedelta(weeks=1), seed)
        insert_many(tx, checks, _CHECK_COLUMNS, polls)
    at = np.sort(rng.uniform(0, 7 * 86_400, n))
    add_articles(db, made, n_before + 1, NOW, at, rng, tag=1, link=2)


_CHECK_COLUMNS = (
    "source_id",
    "feed_url",
    "at",
    "ending",
    "reason",
    "n_entries",
    "n_new",
    "overflow",
    "warnings",
)


def _polls(made: Setup, since: datetime, until: datetime, seed: int) -> Iterator[tuple[Any, ...]]:
    rng = np.random.default_rng([seed, 5])
    n = int((until - since) / POLL_EVERY)
    for source in made.polled:
        fails = rng.random(n) < POLL_FAILS
        for i, failed in enumerate(fails.tolist()):
            ending = ("failed", "timeout") if failed else ("done", "ok")
            at = _text(since + i * POLL_EVERY)
            yield (source.id, f"http://{source.id}.example/feed", at, *ending, 20, 1, False, "[]")


def add_articles(
    db: Db,
    made: Setup,
    first: int,
    since: datetime,
    seconds: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    tag: int,
    link: int,
) -> None:
    """Articles with ids from `first` on, published so many seconds after `since`, in one transaction."""
    n = len(seconds)
    ids = np.arange(first, first + n)
    polled = made.polled
    weights = 1.0 / np.arange(1, len(polled) + 1) ** 0.7
    source = rng.choice(len(polled), n, p=weights / weights.sum())
    back = rng.integers(1, 200, n)
    is_copy = (rng.random(n) < COPIES) & (back < ids - first)
    cluster = np.where(is_copy, ids - back, ids)
    for i in np.flatnonzero(is_copy):  # a copy of a copy is one of its original
        cluster[i] = cluster[cluster[i] - first]
    kind = rng.random(n)
    dead = rng.random(n) < DEAD
    label = np.where(kind < COOPERATION, 1, np.where(kind < COOPERATION + UNDECIDED, -1, 0))
    times = [_text(since + timedelta(seconds=float(s))) for s in seconds]
    batch = list(
        zip(
            ids.tolist(), source.tolist(), cluster.tolist(), label.tolist(), dead.tolist(), times, strict=True
        )
    )
    with db.begin() as tx:
        _write(tx, batch, polled, rng, tag=tag, link=link, topics=list(made.register.topics))


def _write(
    tx: Tx,
    batch: list[tuple[Any, ...]],
    polled: tuple[Source, ...],
    rng: np.random.Generator,
    *,
    tag: int,
    link: int,
    topics: list[TopicId],
) -> None:
    yes, no = (1, 0) if tx.dialect.name == "sqlite" else (True, False)
    insert_many(
        tx, articles,
        ("id", "source_id", "url", "listed_url", "state", "title", "text", "lang", "published_at",
         "first_seen_at", "content_hash", "cluster_id", "is_origin"),
        ((i, polled[s].id, f"http://a.example/{i}", f"http://a.example/{i}", "dead" if d else "ready",
          f"Заголовок статьи {i}", "" if d else TEXT, "ru", at, at, f"{i:064d}", c, yes if c == i else no)
         for i, s, c, _, d, at in batch),
    )  # fmt: skip
    insert_many(
        tx, ledger, ("stage", "item", "source_id", "ending", "reason", "detail", "version", "at"),
        ((stage, str(i), polled[s].id,
          "failed" if d else "done", "no_text" if d else "ok", "",
          "tag-1" if stage == "tag" else "", at)
         for i, s, _, _, d, at in batch for stage in (_STAGES[:1] if d else _STAGES)),
    )  # fmt: skip
    alive = [row for row in batch if not row[4]]
    said = {1: yes, 0: no, -1: None}
    insert_many(
        tx, taggings, ("article_id", "version_id", "gate_p", "label", "names", "reason"),
        ((i, tag, 0.5, said[lab], "[1,1,1,1,1,0]", "") for i, _, _, lab, _, _ in alive),
    )  # fmt: skip
    coop = [row[0] for row in alive if row[3] == 1]
    chosen = rng.integers(0, len(topics), len(coop)).tolist()
    pairs = [
        (i, tag, topics[(t + k) % len(topics)], 0.9, yes)
        for i, t in zip(coop, chosen, strict=True)
        for k in (0, 1)
    ]
    insert_many(tx, tags, ("article_id", "version_id", "topic", "p", "published"), iter(pairs))
    near = [row[0] for row in alive if row[3] != 0 or row[0] % 20 == 0]
    family = (rng.zipf(1.3, len(near)) % AGREEMENTS + 1).tolist()
    insert_many(
        tx, links,
        ("article_id", "version_id", "family_id", "p", "depth", "stage", "evidence"),
        ((i, link, f"AGR-{f:04d}", 0.9, "lead", "result", "[]")
         for i, f in zip(near, family, strict=True) if i % 16 == 1),
    )  # fmt: skip


def _text(at: datetime) -> str:
    return f"{at.replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"
