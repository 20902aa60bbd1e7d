"""Presses whose truth is known, row by row, to try the gap model on; seeded, without database or network.

A press gives what `monitor gaps --facts` is told and keeps apart what really exists.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import logser

from monitor.demo.worlds import Plan
from monitor.gaps.detection import Audit, Floats
from monitor.gaps.world import FactAgreement, World

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Agreements = Sequence[FactAgreement]

REGIONS, COUNTRIES = 7, 8
# share of the families, and factor of the rate
LEVELS = {"national": (0.1, 6.0), "region": (0.3, 1.5), "city": (0.35, 0.6), "district": (0.25, 0.35)}
KINDS = {"government": (0.7, 1.0), "company": (0.12, 0.5), "university": (0.1, 0.6), "other": (0.08, 0.4)}
COUNTRY_SD = 0.6  # of the log of the rate
NORMS = {"national": 4, "region": 4, "city": 2, "district": 2}  # the start of config/norms.toml
STRATA = {"both": (0.5, 0.88), "implied": (0.35, 0.8), "vague": (0.15, 0.65)}  # share, usual recall
OUTAGE_WEEKS = 6.0
FORUM_WEEKS = (13, 38)  # of each year
REPRINTS = 0.5  # an original of the agency in each other source of the scope, if that is a newspaper


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each original that exists or was linked. Shapes: all (rows,)."""

    agreement: Ints  # it is about; of a false link: it was linked to
    linked_to: Ints  # agreement, -1 if not found
    week: Ints
    source: Ints
    seen: Bools  # its source was seen when it came out
    exists: Bools  # False: a false link of a text about something else
    articles: Ints  # itself and the reprints that were seen, if found
    drawn: Floats  # order in which the audit picks

    @property
    def is_right(self) -> Bools:
        """Found and linked to the agreement it is about."""
        return np.asarray(self.exists & (self.linked_to == self.agreement))


@dataclass(frozen=True, slots=True)
class Press:
    """A simulated press.

    Shapes: weights (sources,); rate, usual_rate, recall (agreements,); watched, told (sources, weeks).
    """

    plan: Plan
    agreements: tuple[FactAgreement, ...]
    regions: tuple[int, ...]  # of each agreement
    sources: tuple[str, ...]
    weights: Floats  # how much each source writes, for any agreement in whose scope it is
    rate: Floats  # originals a week that exist in the last year, but for calendar factors
    usual_rate: Floats  # of families of the same level, kind and country
    recall: Floats
    watched: Floats  # what was really seen of each week
    told: Floats  # what the ledger says was seen
    rows: Rows

    def existing(self, first: int, stop: int) -> dict[str, int]:
        """Originals of each family that exist in the weeks first <= week < stop while it was due."""
        rows = self.rows
        return self._by_family(rows.agreement, rows.exists, np.ones(len(rows.week), dtype=int), first, stop)

    def articles(self, first: int, stop: int) -> dict[str, int]:
        """Articles found of each family, copies too: what a plain count would say."""
        return self._by_family(self.rows.linked_to, self.rows.linked_to >= 0, self.rows.articles, first, stop)

    def rate_of(self) -> dict[str, float]:
        """True weekly rate of each family."""
        return self._sums(self.rate)

    def usual_rate_of(self) -> dict[str, float]:
        """Weekly rate that is usual for families of the same level, kind and country."""
        return self._sums(self.usual_rate)

    def _sums(self, of_agreements: Floats) -> dict[str, float]:
        sums: dict[str, float] = {}
        for agreement, rate in zip(self.agreements, of_agreements, strict=True):
            sums[agreement.family] = sums.get(agreement.family, 0.0) + float(rate)
        return sums

    def facts(self, stop: int) -> World:
        """What is known after the weeks before `stop`."""
        rows = self.rows
        found: dict[tuple[str, int, str], int] = {}
        for n in np.flatnonzero((rows.linked_to >= 0) & (rows.week < stop)):
            key = (self.agreements[rows.linked_to[n]].id, int(rows.week[n]), self.sources[rows.source[n]])
            found[key] = found.get(key, 0) + 1
        observed = {
            (source, week): round(float(self.told[s, week]), 4)
            for s, source in enumerate(self.sources)
            for week in range(stop)
        }
        return World(self.agreements, observed, found, self._audits(stop), stop - 1, ())

    def _by_family(self, of: Ints, chosen: Bools, worth: Ints, first: int, stop: int) -> dict[str, int]:
        counts = {agreement.family: 0 for agreement in self.agreements}
        weeks = self.rows.week
        for n in np.flatnonzero(chosen & (weeks >= first) & (weeks < stop)):
            agreement, week = self.agreements[of[n]], int(weeks[n])
            if is_due(agreement, week):
                counts[agreement.family] += int(worth[n])
        return counts

    def _audits(self, stop: int) -> dict[str, Audit]:
        rows, plan = self.rows, self.plan
        names = np.array([agreement.stratum for agreement in self.agreements])
        past = rows.week < stop
        audits = {}
        for name in STRATA:
            linkable = past & rows.seen & rows.exists & (names[rows.agreement] == name)
            asked = _picked(linkable, rows.drawn, plan.linkable)
            links = past & (rows.linked_to >= 0) & (names[rows.linked_to] == name)
            checked = _picked(links, 1 - rows.drawn, plan.links_checked)
            audits[name] = Audit(
                len(asked), int(rows.is_right[asked].sum()), len(checked), int(rows.is_right[checked].sum())
            )
        return audits


def is_due(agreement: FactAgreement, week: int) -> bool:
    """Whether an agreement was due in a week."""
    first = 0 if agreement.due_from is None else agreement.due_from
    return first <= week and (agreement.due_to is None or week <= agreement.due_to)


def simulate(plan: Plan, seed: int) -> Press:
    """A press of that plan; the same seed gives the same press."""
    rng = np.random.default_rng([seed, 41])
    sources, weights = _sources(plan, rng)
    agreements, regions, scopes = _agreements(plan, rng)
    usual_rate, rate = _rates(plan, agreements, rng)
    before = _before(plan, agreements, rate, rng)
    usual = np.array([STRATA[a.stratum][1] for a in agreements])
    recall = _around(usual, plan.recall_sd, rng)
    watched, told = _watched(plan, len(sources), rng)
    rows = _rows(plan, agreements, regions, scopes, weights, (before, rate), recall, watched, rng=rng)
    return Press(plan, agreements, regions, sources, weights, rate, usual_rate, recall, watched, told, rows)


def _picked(candidates: Bools, order: Floats, n: int) -> Ints:
    rows = np.flatnonzero(candidates)
    return rows[np.argsort(order[rows])][:n]


def _sources(plan: Plan, rng: np.random.Generator) -> tuple[tuple[str, ...], Floats]:
    """Agency, three national, four of each region, two of each country; and how much each writes."""
    names, weights = ["agency"], [plan.agency]
    names += [f"national{n}" for n in range(3)]
    weights += [1.5] * 3
    for region in range(REGIONS):
        names += [f"paper{region}.{n}" for n in range(4)]
        weights += [1.0, 0.6, 0.4, 0.3]
    for country in range(COUNTRIES):
        names += [f"partner{country}.{n}" for n in range(2)]
        weights += [0.7, 0.5]
    spread = np.exp(rng.normal(0, 0.4, len(names)))
    spread[0] = 1.0  # the plan says how much the agency writes
    return tuple(names), np.array(weights) * spread


def _agreements(
    plan: Plan, rng: np.random.Generator
) -> tuple[tuple[FactAgreement, ...], tuple[int, ...], tuple[Ints, ...]]:
    """Agreements in families of one or two, their regions, and their scopes as places in the sources."""
    agreements: list[FactAgreement] = []
    regions: list[int] = []
    scopes: list[Ints] = []
    for family in range(plan.n_families):
        level, kind, stratum = (_one_of(table, rng) for table in (LEVELS, KINDS, STRATA))
        region, country = int(rng.integers(REGIONS)), int(rng.integers(COUNTRIES))
        papers, partners = 4 + 4 * region, 4 + 4 * REGIONS + 2 * country
        scope = np.array([0, 1, 2, 3, *range(papers, papers + 4), partners, partners + 1])
        names = ("agency", "national0", "national1", "national2", *(f"paper{region}.{n}" for n in range(4)))
        names = (*names, *(f"partner{country}.{n}" for n in range(2)))
        due_from = int(rng.integers(plan.n_weeks - 52, plan.n_weeks - 15)) if rng.random() < 0.08 else None
        due_to = plan.n_weeks - 60 if due_from is None and rng.random() < 0.04 else None
        for member in range(2 if rng.random() < plan.two_members else 1):
            agreements.append(
                FactAgreement(
                    id=f"A{family}.{member}",
                    family=f"F{family}",
                    level=level,
                    kind=kind,
                    partner_country=f"C{country}",
                    scope=names,
                    stratum=stratum,
                    norm=2 if kind in ("company", "university") else NORMS[level],
                    due_from=due_from,
                    due_to=due_to,
                )
            )
            regions.append(region)
            scopes.append(scope)
    return tuple(agreements), tuple(regions), tuple(scopes)


def _one_of(table: dict[str, tuple[float, float]], rng: np.random.Generator) -> str:
    names = list(table)
    return names[int(rng.choice(len(names), p=[table[name][0] for name in names]))]


def _rates(plan: Plan, agreements: Agreements, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Weekly rates usual for level, kind and country, and the true ones; members share their family's."""
    countries = np.exp(rng.normal(0, COUNTRY_SD, COUNTRIES))
    sizes: dict[str, int] = {}
    for agreement in agreements:
        sizes[agreement.family] = sizes.get(agreement.family, 0) + 1
    own = {}
    for family in sizes:
        theta = (
            rng.gamma(plan.spread_by) / plan.spread_by
            if plan.spread == "gamma"
            else np.exp(rng.normal(0, plan.spread_by) - plan.spread_by**2 / 2)
        )
        own[family] = theta * (rng.random() >= plan.zeros)
    usual = np.array(
        [
            plan.originals / 52
            * LEVELS[a.level][1] * KINDS[a.kind][1] * countries[int(a.partner_country[1:])]
            / sizes[a.family]
            for a in agreements
        ]
    )  # fmt: skip
    return usual, usual * np.array([own[a.family] for a in agreements])


def _before(plan: Plan, agreements: Agreements, rate: Floats, rng: np.random.Generator) -> Floats:
    """Rates of the years before the last: those of the last, but for families that have changed."""
    if not plan.changed:
        return rate
    _, other = _rates(plan, agreements, rng)
    names = sorted({agreement.family for agreement in agreements})
    changed = dict(zip(names, rng.random(len(names)) < plan.changed, strict=True))
    return np.where([changed[agreement.family] for agreement in agreements], other, rate)


def _around(mean: Floats, sd: float, rng: np.random.Generator) -> Floats:
    """Beta draws with these means and that sd."""
    if sd == 0:
        return mean
    size = mean * (1 - mean) / np.minimum(sd**2, 0.8 * mean * (1 - mean)) - 1
    return rng.beta(mean * size, (1 - mean) * size)


def _watched(plan: Plan, n_sources: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What was seen of each source and week, and what the ledger says of it."""
    out = np.zeros((n_sources, plan.n_weeks), dtype=bool)
    state = rng.random(n_sources) < plan.outage * OUTAGE_WEEKS / (1 + plan.outage * OUTAGE_WEEKS)
    for week in range(plan.n_weeks):
        state = np.where(
            state, rng.random(n_sources) >= 1 / OUTAGE_WEEKS, rng.random(n_sources) < plan.outage
        )
        out[:, week] = state
    dead = rng.random(n_sources) < plan.dead
    dead[0] = False
    out |= dead[:, None]
    if plan.agency_out:
        out[0, -plan.agency_out :] = True
    # some weeks are seen in part: a list that overflowed, a day without network
    part = np.where(rng.random(out.shape) < 0.1, rng.uniform(0.3, 1.0, out.shape), 1.0)
    watched = np.where(out, 0.0, part)
    unseen = out & ~dead[:, None] & (rng.random(out.shape) < plan.unseen_outages)
    return watched, np.where(unseen, 1.0, watched)


def _rows(
    plan: Plan,
    agreements: Agreements,
    regions: Sequence[int],
    scopes: Sequence[Ints],
    weights: Floats,
    rates: tuple[Floats, Floats],
    recall: Floats,
    watched: Floats,
    *,
    rng: np.random.Generator,
) -> Rows:
    about, week = _events(plan, rates, rng)
    source = np.array([_outlet(scopes[a], weights, rng) for a in about], dtype=int)
    seen = rng.random(len(about)) < watched[source, week]
    found = seen & (rng.random(len(about)) < recall[about])
    linked_to = np.where(found, about, -1)
    if plan.mixed_up:
        linked_to = _mixed_up(plan, linked_to, agreements, regions, rng)
    false, false_week, false_source = _false_links(plan, about[found], scopes, weights, watched, rng)
    every = np.concatenate([source, false_source])
    copies = np.where(every == 0, rng.binomial(8, REPRINTS * 0.85, len(every)), 0)
    return Rows(
        agreement=np.concatenate([about, false]),
        linked_to=np.concatenate([linked_to, false]),
        week=np.concatenate([week, false_week]),
        source=every,
        seen=np.concatenate([seen, np.ones(len(false), dtype=bool)]),
        exists=np.arange(len(every)) < len(about),
        articles=1 + copies,
        drawn=rng.random(len(every)),
    )


def _events(plan: Plan, rates: tuple[Floats, Floats], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Agreement and week of each original: events fall anywhere, each makes a cluster of originals."""
    odds = 1 - 1 / plan.burst  # the parameter of the logarithmic law with that variance over mean
    size = (plan.burst + 1) / 2 if plan.geometric else -odds * plan.burst / math.log(1 - odds)
    calendar = np.ones(plan.n_weeks)
    for week in FORUM_WEEKS:
        calendar[week::52] = plan.forum
    before, now = rates
    last_year = np.arange(plan.n_weeks) >= plan.n_weeks - 52
    rate = np.where(last_year, now[:, None], before[:, None])
    events = rng.poisson(rate / size * calendar / calendar.mean())
    about, week = np.repeat(np.argwhere(events > 0), events[events > 0], axis=0).T
    if plan.geometric:
        originals = rng.geometric(1 / size, len(about))
    else:
        originals = logser.rvs(odds, size=len(about), random_state=rng)
    return np.repeat(about, originals), np.repeat(week, originals)


def _outlet(scope: Ints, weights: Floats, rng: np.random.Generator) -> int:
    own = weights[scope]
    return int(scope[np.searchsorted(np.cumsum(own), rng.random() * own.sum())])


def _mixed_up(
    plan: Plan,
    linked_to: Ints,
    agreements: Agreements,
    regions: Sequence[int],
    rng: np.random.Generator,
) -> Ints:
    """A share of the found goes to another family of the same region."""
    mixed = linked_to.copy()
    for n in np.flatnonzero((linked_to >= 0) & (rng.random(len(linked_to)) < plan.mixed_up)):
        own = linked_to[n]
        others = [
            m
            for m, a in enumerate(agreements)
            if regions[m] == regions[own] and a.family != agreements[own].family
        ]
        mixed[n] = rng.choice(others)
    return mixed


def _false_links(
    plan: Plan,
    found: Ints,
    scopes: Sequence[Ints],
    weights: Floats,
    watched: Floats,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints]:
    """Agreement, week and source of links that are wrong: half where much is found, half anywhere."""
    n = rng.poisson(len(found) * plan.false_links / (1 - plan.false_links))
    busy = rng.random(n) < 0.5
    about = np.where(busy, rng.choice(found, n) if len(found) else 0, rng.integers(len(scopes), size=n))
    week = np.zeros(n, dtype=int)
    source = np.zeros(n, dtype=int)
    for row in range(n):
        scope = scopes[about[row]]
        seen = weights[scope][:, None] * watched[scope]
        place = int(np.searchsorted(np.cumsum(seen), rng.random() * seen.sum(), side="right"))
        source[row], week[row] = scope[place // plan.n_weeks], place % plan.n_weeks
    return about, week, source
