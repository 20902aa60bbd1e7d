"""The simulated presses by name: one keeps the gap model's assumptions, each other breaks one of them.

Numbers only; monitor/demo/simulate.py makes presses of them.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Plan:
    """What a simulated press is like."""

    n_families: int = 240
    n_weeks: int = 104
    two_members: float = 0.15  # share of families of two agreements
    originals: float = 1.6  # a year, of a usual family of a region
    spread: str = "gamma"  # gamma | lognormal: how families differ beyond level, kind and country
    spread_by: float = 0.8  # shape of the gamma, or sd of the log
    burst: float = 1.8  # variance over mean of what exists in a time: an event makes a cluster of originals
    geometric: bool = False  # cluster sizes: geometric, mean (burst + 1) / 2, instead of logarithmic
    agency: float = 4.0  # weight of the agency; a daily has 1
    agency_out: int = 0  # weeks before the end in which the agency was not seen
    recall_sd: float = 0.12  # between agreements of a stratum
    unseen_outages: float = 0.0  # share of the outage weeks that the ledger calls observed
    false_links: float = 0.10  # of what was linked
    zeros: float = 0.0  # share of families of which nobody ever writes
    forum: float = 1.0  # factor of all rates in two shared weeks a year
    changed: float = 0.0  # share of families that the press of the last year writes of as of another one
    mixed_up: float = 0.0  # share of found originals that go to another family of the same region
    outage: float = 0.015  # chance that a source goes out in a week, for six weeks on average
    dead: float = 0.05  # share of sources that were never seen
    linkable: int = 80  # audited originals and links of each stratum
    links_checked: int = 80


BASE = Plan()
WORLDS: dict[str, Plan] = {
    "base": BASE,
    "even": replace(BASE, spread="lognormal", spread_by=0.6),
    "uneven": replace(BASE, spread="lognormal", spread_by=1.3),
    "very_uneven": replace(BASE, spread="lognormal", spread_by=1.8),
    "clusters_1.8": replace(BASE, geometric=True, burst=2.6),
    "clusters_4": replace(BASE, geometric=True, burst=7.0),
    "agency": replace(BASE, agency=25.0),
    "agency_out": replace(BASE, agency=25.0, agency_out=9),
    "recall_.15": replace(BASE, recall_sd=0.15),
    "recall_0": replace(BASE, recall_sd=0.0),
    "unseen_outages": replace(BASE, unseen_outages=0.15),
    "false_5": replace(BASE, false_links=0.05),
    "false_15": replace(BASE, false_links=0.15),
    "zeros": replace(BASE, zeros=0.30),
    "forum": replace(BASE, forum=8.0),
    "changed": replace(BASE, changed=0.5),
    "mixed_up": replace(BASE, mixed_up=0.10),
}
