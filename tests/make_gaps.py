"""Builds a small register, its press and what the gap model needs, for tests; asserts nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import sqlalchemy as sa

from monitor.articles.tables import articles, taggings, tags, translation_ties
from monitor.core.db import Tx
from monitor.core.ids import AgreementId, FamilyId, PlaceId, SourceId, TopicId
from monitor.core.runs import ensure_version
from monitor.crawl.tables import checks, sources
from monitor.crawl.types import FeedSpec, Source
from monitor.gaps.detection import Detection, own_recalls
from monitor.gaps.model import N_WORLDS, Model
from monitor.gaps.rates import K_GRID, Evidence, Rates, theta_weights
from monitor.gaps.recalls import recalls_of
from monitor.linking.tables import links
from monitor.register.norms import Norm
from monitor.register.types import Agreement, Family, PartialDate, Party, Place, Register, Side, Status

START = datetime(2025, 6, 2, tzinfo=UTC)  # a Monday
NOW = datetime(2026, 6, 1, tzinfo=UTC)  # 52 weeks later, the midnight after a Sunday
WEEK = "2026-W22"
NORMS = (
    Norm("company", None, 2, "-"),
    Norm("university", None, 2, "-"),
    Norm(None, "national", 4, "-"),
    Norm(None, "region", 4, "-"),
    Norm(None, "city", 2, "-"),
    Norm(None, "district", 2, "-"),
)


def place(id: str, kind: str, parent: str | None, country: str | None = "BY") -> Place:
    """A place with its id for a name: nothing here reads texts."""
    above = None if parent is None else PlaceId(parent)
    return Place(PlaceId(id), kind, id, country, above, {"en": (id,)}, {}, {}, {}, "", "")


PLACES = (
    place("country-by", "country", None),
    place("by-mogilev-region", "region", "country-by"),
    place("by-brest-region", "region", "country-by"),
    place("by-district-shklov", "district", "by-mogilev-region"),
    place("country-ru", "country", None, "RU"),
    place("ru-pskov-region", "region", "country-ru", "RU"),
    place("country-cn", "country", None, "CN"),
    place("union-eaeu", "union", None, None),
    place("org-by-plant", "company", "by-district-shklov"),
)


def agreement(id: str, by: str, other: str, **changes: object) -> Agreement:
    """An interregional agreement of 2015 in force, watched by the press of the Mogilev Region."""
    union = other.startswith("union")
    parties = (
        Party(PlaceId(by), by, Side.BY),
        Party(PlaceId(other), other, Side.UNION if union else Side.PARTNER),
    )
    plain = Agreement(
        id=AgreementId(id),
        title=id,
        title_ru=id,
        kind="interregional_agreement",
        status=Status.IN_FORCE,
        signed=PartialDate(2015),
        valid_until=None,
        parties=parties,
        topics=(TopicId("trade"),),
        targets=(),
        count=None,
        part_of=None,
        event=None,
        monitored=True,
        monitor_note="",
        interest=(PlaceId("by-mogilev-region"),),
        seed="2019",
        lines=(),
        notes="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


AGREEMENTS = (
    agreement("AGR-0001", "by-mogilev-region", "ru-pskov-region"),
    agreement("AGR-0002", "by-district-shklov", "ru-pskov-region"),
    agreement("AGR-0003", "by-mogilev-region", "country-cn", status=Status.PLANNED),
    agreement("AGR-0004", "by-district-shklov", "country-cn", status=Status.EXPIRED),
    agreement("AGR-0005", "country-by", "union-eaeu", title_ru="union-eaeu"),  # no words of its own
    agreement("AGR-0006", "by-brest-region", "country-cn", interest=(PlaceId("by-brest-region"),)),
)


def register(agreements: tuple[Agreement, ...] = AGREEMENTS) -> Register:
    """A register; agreements with the same parties are one family."""
    families: dict[frozenset[PlaceId], list[AgreementId]] = {}
    for a in agreements:
        families.setdefault(frozenset(p.place for p in a.parties), []).append(a.id)
    made = [Family(FamilyId(ids[0]), tuple(ids), places) for places, ids in families.items()]
    return Register(
        agreements={a.id: a for a in agreements},
        places={p.id: p for p in PLACES},
        topics={},
        families={f.id: f for f in made},
        version="register-1",
        family_of={member: f.id for f in made for member in f.members},
    )


def source(id: str, **changes: object) -> Source:
    """An enabled daily of the Mogilev Region."""
    plain = Source(
        id=SourceId(id),
        name=id,
        name_en=id,
        kind="regional_daily",
        country="BY",
        region=PlaceId("by-mogilev-region"),
        district=None,
        languages=("ru",),
        site="",
        feeds=(FeedSpec(f"http://{id}.example/feed", "rss"),),
        zone="Europe/Minsk",
        show="full",
        enabled=True,
        why_not="",
        notes="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


PRESS = (
    source("agency", kind="national_agency", region=PlaceId("country-by")),
    source("daily"),
    source("paper", kind="district_paper"),
    source("pskov", kind="foreign_regional", region=PlaceId("ru-pskov-region"), country="RU"),
    source("brest", region=PlaceId("by-brest-region")),
    source("off", enabled=False),
)


class Writer:
    """Writes polls, articles and judgements of a small press; ids count up."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.tag = ensure_version(tx, "tag", "tag-1", {}, at=START)
        self.link = ensure_version(tx, "link", "link-1", {}, at=START)
        self.last_id = 0

    def press(self, press: tuple[Source, ...] = PRESS) -> None:
        """Rows of `sources`."""
        for s in press:
            row = {"id": s.id, "name": s.name, "kind": s.kind, "country": s.country, "region": s.region}
            extra = {"enabled": s.enabled, "why_not": "", "known_since": START, "doc": {}}
            self.tx.execute(sa.insert(sources).values(**row, **extra))

    def polls(
        self, source_id: str, *, since: datetime = START, until: datetime = NOW, **changes: object
    ) -> None:
        """A poll every day."""
        plain = {"ending": "done", "reason": "ok", "n_entries": 1, "n_new": 0, "overflow": False}
        rows = []
        while since < until:
            row = {"source_id": source_id, "feed_url": f"http://{source_id}.example/feed", "at": since}
            rows.append({**plain, "warnings": [], **row, **changes})
            since += timedelta(days=1)
        self.tx.execute(sa.insert(checks), rows)

    def article(
        self,
        source_id: str,
        at: datetime,
        *families: str,
        cluster: int | None = None,
        label: bool | None = True,
        p: float = 0.9,
        topic: str = "",
        state: str = "ready",
    ) -> int:
        """One article with its tagging and links; returns its id. `cluster`: id of the article it copies."""
        self.last_id = n = self.last_id + 1
        url = f"http://{source_id}.example/{n}"
        self.tx.execute(
            sa.insert(articles).values(
                id=n, source_id=source_id, url=url, listed_url=url, state=state, title=f"{n}",
                published_at=at, first_seen_at=at, cluster_id=cluster or n, is_origin=cluster is None,
            )
        )  # fmt: skip
        if state == "ready":
            key = {"article_id": n, "version_id": self.tag.id}
            self.tx.execute(sa.insert(taggings).values(**key, gate_p=0.9, label=label, names=[]))
            if topic:
                self.tx.execute(sa.insert(tags).values(**key, topic=topic, p=0.9, published=True))
        for family in families:
            self.tx.execute(
                sa.insert(links).values(
                    article_id=n, version_id=self.link.id, family_id=family, p=p, depth="lead",
                    stage="result", evidence=[],
                )
            )  # fmt: skip
        return n

    def tell_the_same(self, one: int, other: int) -> None:
        """Two articles tell one story in two languages."""
        ends = {"one_id": min(one, other), "other_id": max(one, other)}
        self.tx.execute(sa.insert(translation_ties).values(**ends, share=0.9))


def model(
    evidence: Evidence,
    *,
    rate: float,
    k: float,
    recall: float,
    burst: float,
    false_links: float = 0.0,
    carry: float = 1.0,
) -> Model:
    """A model whose parameters are known: one family, one rate, one k, one recall."""
    worlds = np.full(N_WORLDS, recall)
    detection = Detection(worlds, worlds, assumed=False)
    strata = {evidence.stratum: own_recalls(detection, burst)}
    wrong = {evidence.family: np.full((2, N_WORLDS), false_links)}
    rates = Rates(
        mean=np.full((1, N_WORLDS), rate),
        spread=np.full(N_WORLDS, int(np.argmin(abs(K_GRID - k)))),
        carry=np.full(N_WORLDS, carry),
        theta_weights=theta_weights(),
        dispersion=burst,
        k=k,
    )
    return Model(
        evidence={evidence.family: evidence},
        order={evidence.family: 0},
        detection={evidence.stratum: detection},
        recalls=recalls_of([evidence], rates=rates, strata=strata, false_links=wrong, seed=1),
        rates=rates,
        false_links=wrong,
        seed=1,
    )
