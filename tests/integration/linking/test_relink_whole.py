"""What is taken over without being read is what reading it would give, on both databases."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import sqlalchemy as sa

from monitor.articles.store import record_vector
from monitor.articles.tables import articles, taggings, tags
from monitor.core import runs
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId, FamilyId, PlaceId
from monitor.core.shipped import config_dir
from monitor.core.text import content_hash
from monitor.linking.alike import alike
from monitor.linking.carry import Carrier
from monitor.linking.found import FoundNames
from monitor.linking.likeness import FILE, Samples, load_samples, sample_key
from monitor.linking.link import Before, Beside, Linking, link_beside, link_due
from monitor.linking.reach import Reach, reach_beyond
from monitor.linking.score import Linker
from monitor.linking.store import due_for_linking, forget_found, forget_linking, found_of, record_found
from monitor.linking.tables import linkings, links
from monitor.linking.types import LinkInput, LinkResult, Mention
from monitor.linking.unchanged import unchanged_families
from monitor.linking.weights import load_link_model
from monitor.linking.wording import load_link_words
from monitor.register.load import load_register
from monitor.register.types import Register
from tests import make
from tests.pointed import Pointed, press
from tests.registers import EDITS, GAZETTEERS, Edit, towns_renamed, with_rows

ZONE, CLOCK = ZoneInfo("Europe/Minsk"), SettableClock(make.NOW)
ARTICLES = 100
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def register() -> Register:
    whole = load_register(config_dir())
    return with_rows(whole, whole.agreements)


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_samples(config_dir() / FILE)


class Registers:
    """Edited registers and their linkers, each made once for both databases."""

    def __init__(self, whole: Register, samples: Samples) -> None:
        self.whole, self.samples = whole, samples
        self._made: dict[tuple[str, int], Register] = {}
        self._linkers: dict[int, Linker] = {}

    def edited(self, edits: Sequence[Edit], seed: int) -> Register:
        key = (" ".join(edit.__name__ for edit in edits), seed)
        if key not in self._made:
            made, rng = self.whole, random.Random(seed)
            for edit in edits:
                made = edit(made, rng)
            self._made[key] = made
        return self._made[key]

    def linker(self, register: Register) -> Linker:
        config = config_dir()
        if id(register) not in self._linkers:
            model, words = load_link_model(config), load_link_words(config)
            self._linkers[id(register)] = Linker(register, words, model, self.samples)
        return self._linkers[id(register)]


@pytest.fixture(scope="module")
def registers(register: Register, samples: Samples) -> Registers:
    return Registers(register, samples)


@pytest.fixture(scope="module")
def news(register: Register) -> list[Pointed]:
    return press(register, ARTICLES, seed=7)


class Archive:
    """A press that was linked under one register and is linked under others beside it."""

    def __init__(self, db: Db, registers: Registers, news: Sequence[Pointed]) -> None:
        self.db, self.registers, self.news = db, registers, news
        self.found = {one.title: one.mentions for one in news}
        self.read: list[str] = []  # titles of what was linked
        self.looked: list[str] = []  # of what was looked through for names
        self.finder, self._n = "finder", 0
        self._fill()
        given = self._linking(registers.whole)
        link_due(
            db=db, find=given.find, link=given.link, fingerprint="base", doc={}, zone=ZONE, clock=CLOCK,
            names=given.names,
        )  # fmt: skip
        with db.begin() as tx:
            base = runs.current_version(tx, "link")
        assert base is not None
        self.base = base

    def _fill(self) -> None:
        with self.db.begin() as tx:
            tag = runs.ensure_version(tx, "tag", "told", {}, at=make.NOW).id
            for region in {one.region for one in self.news}:
                make.add_source(tx, region, region=region)
            for n, one in enumerate(self.news, 1):
                make.add_article(tx, one.region, n, title=one.title, text=one.text)
                both = float(one.both_named)
                judged = {"gate_p": 0.5, "label": one.is_cooperation, "names": [0, 0, both, both, 0, 0]}
                own = {"article_id": n, "version_id": tag}
                tx.execute(sa.insert(taggings).values(**own, **judged, reason=""))
                for topic, p in one.topics.items():
                    tx.execute(sa.insert(tags).values(**own, topic=topic, p=p, published=True))
                if one.like:
                    samples = self.registers.samples
                    vector = samples.rows[sample_key(one.like)].astype(np.float16)
                    record_vector(tx, content_hash(one.title, one.text), samples.embedder, vector)

    def find(self, title: str, _text: str, _lang: str, _region: PlaceId | None) -> tuple[Mention, ...]:
        self.looked.append(title)
        return self.found[title]

    def _linking(self, register: Register) -> Linking:
        linker = self.registers.linker(register)

        def link(given: LinkInput) -> LinkResult:
            self.read.append(given.title)
            return linker.link(given)

        names = FoundNames(self.finder, register.places)
        words = self.registers.linker(self.registers.whole).words_for, linker.words_for
        common = alike(self.registers.whole, register, words)
        before = None if common is None else Before(FoundNames("finder", self.registers.whole.places), common)
        return Linking(self.db, self.find, link, ZONE, CLOCK, names=names, before=before)

    def both_ways(self, register: Register) -> tuple[tuple[Rows, Counts], tuple[Rows, Counts]]:
        """Links and counts of reading what has to be read, and of reading all; `read` and `looked` are then
        the titles of the first."""
        unchanged = unchanged_families(self.registers.whole, register)
        whole = self._linking(register)
        short = replace(
            whole, reach_beyond=partial(reach_beyond, register, self.registers.linker(register).words_for)
        )
        self.read, self.looked = [], []
        with self.db.reading() as tx:
            kept = found_of(tx, range(1, ARTICLES + 1))
        some = self._beside(short, unchanged)
        read, looked = self.read, self.looked
        with self.db.begin() as tx:  # as they were before the first turn
            record_found(tx, {ArticleId(n): found for n, found in kept.items()})
        every = self._beside(whole, unchanged)
        self.read, self.looked = read, looked
        return some, every

    def _beside(self, given: Linking, unchanged: frozenset[FamilyId]) -> tuple[Rows, Counts]:
        self.read, self.looked = [], []
        with self.db.begin() as tx:
            self._n += 1
            version = runs.add_version(tx, "link", f"beside {self._n}", {}, at=make.NOW)
        around = frozenset() if given.before is None else given.before.alike.around
        counts = link_beside(given, version, Beside(self.base, unchanged, around))
        return self.rows(version.id), counts

    def rows(self, version: int) -> Rows:
        """All that a version says of all articles."""
        found: Rows = []
        with self.db.reading() as tx:
            for table in (linkings, links):
                told = [c for c in table.columns if c.name not in ("id", "version_id")]
                own = sa.select(*told).where(table.c.version_id == version)
                found += [dict(row) for row in tx.execute(own.order_by(*table.primary_key)).mappings()]
        return sorted(found, key=lambda row: (row["article_id"], "p" in row, -row.get("p", 0)))


@pytest.fixture
def archive(db: Db, registers: Registers, news: list[Pointed]) -> Archive:
    return Archive(db, registers, news)


def check(archive: Archive, register: Register) -> list[str]:
    """What was read of an archive whose rows come out the same as if all were."""
    some, every = archive.both_ways(register)
    assert some == every
    assert sum("p" in row for row in some[0]) > ARTICLES / 6
    return archive.read


def test_a_changed_register_reads_only_what_its_changed_families_can_come_to(archive: Archive) -> None:
    read = check(archive, archive.registers.edited(EDITS[:5], 1))
    worth = [one.title for one in archive.news if one.is_cooperation or one.both_named]
    assert 0 < len(read) < len(worth) / 2
    assert check(archive, archive.registers.whole) == []
    with archive.db.reading() as tx:
        last = tx.execute(sa.select(sa.func.max(runs.versions.c.id))).scalar_one()
    assert archive.rows(last) == archive.rows(archive.base.id)


def test_what_another_process_has_come_to_meanwhile_is_not_taken_over_twice(archive: Archive) -> None:
    whole = archive.registers.whole
    words_for = archive.registers.linker(whole).words_for
    families = frozenset(whole.families)
    reach, names = Reach(whole, (), words_for), FoundNames("finder", whole.places)
    with archive.db.begin() as tx:
        tag = runs.current_version(tx, "tag")
        assert tag is not None
        other = runs.add_version(tx, "link", "other", {}, at=make.NOW).id
        due = due_for_linking(tx, tag.id, other, after=0, limit=ARTICLES)
        carrier = Carrier(archive.base.id, other, families, reach, names)
        assert len(carrier.carry(tx, due)) == ARTICLES
        assert carrier.carry(tx, due) == {}


def rewritten(tx: Tx, n: int) -> None:
    """Past everything that would be told of it."""
    tx.execute(sa.update(articles).where(articles.c.id == n).values(text="Ничего."))


def moved(tx: Tx, n: int) -> None:
    """Its outlet is at home elsewhere."""
    make.add_source(tx, "other", region="by-gomel-region")
    tx.execute(sa.update(articles).where(articles.c.id == n).values(source_id="other"))


def without_names(tx: Tx, n: int) -> None:
    forget_found(tx, [n])


def never_linked(tx: Tx, n: int) -> None:
    forget_linking(tx, ArticleId(n))


def without_what_is_related(tx: Tx, n: int) -> None:
    """As older programs left it."""
    tx.execute(sa.update(linkings).where(linkings.c.article_id == n).values(related=None))


def otherwise_named(tx: Tx, n: int) -> None:
    """An older program found other names and its links were made from these."""
    tx.execute(sa.update(linkings).where(linkings.c.article_id == n).values(mentions=[]))


SPOILT = (rewritten, moved, without_names, never_linked, without_what_is_related, otherwise_named)


def test_what_is_not_surely_known_of_an_article_is_not_taken_over_unread(archive: Archive) -> None:
    base = archive.rows(archive.base.id)
    told = [row["article_id"] for row in base if row.get("reason", "below_gate") != "below_gate"]
    spoilt = told[3::7][: len(SPOILT)]
    with archive.db.begin() as tx:
        for n, spoil in zip(spoilt, SPOILT, strict=True):
            spoil(tx, n)
    titles = [archive.news[n - 1].title for n in spoilt]
    archive.found[titles[0]] = ()  # of what was rewritten
    assert sorted(check(archive, archive.registers.whole)) == sorted(titles[3:5])
    assert sorted(archive.looked) == sorted(titles[:3])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_any_edit_gives_what_reading_everything_gives(archive: Archive, edit: Edit, seed: int) -> None:
    check(archive, archive.registers.edited([edit], seed))


def test_another_gazetteer_links_only_what_speaks_of_changed_places(archive: Archive) -> None:
    archive.finder = "another"
    read = check(archive, archive.registers.edited([towns_renamed], 1))
    assert len(archive.looked) > ARTICLES / 2
    assert 0 < len(read) < ARTICLES / 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("edit", GAZETTEERS, ids=lambda edit: edit.__name__)
def test_any_gazetteer_gives_what_reading_everything_gives(archive: Archive, edit: Edit, seed: int) -> None:
    archive.finder = "another"
    check(archive, archive.registers.edited([edit], seed))
