"""Who prints which story when: the corpus laid over sixty days of the outlets, and the reprints. Pure but for
reading the corpus file; the same corpus, seed and size give the same schedule."""

import json
from bisect import bisect
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from monitor.demo.outlets import SILENT_FROM, Fault, Outlet, publishing
from monitor.demo.reprints import WAYS, reprint
from monitor.demo.slugs import slug

ZONE = ZoneInfo("Europe/Minsk")
TODAY = datetime(2026, 11, 16, tzinfo=ZONE)  # a Monday: the last full week is 2026-W46
DAYS = 60
START = TODAY - timedelta(days=DAYS)
FIRST_ID = 40_001

_REPRINT_SHARE = 9  # one reprint to so many originals: about 80 in the full press
_DAY_WEIGHTS = (1.0, 1.1, 1.1, 1.0, 1.0, 0.45, 0.3)  # Monday first
_DAY_FROM, _DAY_HOURS = 8, 11  # stories come between 8 and 19
_MIN_REPRINT_CHARS = 300
_PAPERS = ("demo-goretski-kolokol", "demo-shklovskie-vechera", "demo-vestnik-u-bereziny")
_AGENCY_KINDS = ("national_agency", "national_daily", "integration_media")
_DESKS = ("regional_daily", "city_paper", "official_regional", "district_paper", "regional_tv")  # at home
_CAPITALS = ("regional_daily", "city_paper", "official_regional", "regional_tv")  # of a region
_POLAND = (
    "Bialystok", "Suwalki", "Podlaskie", "Brzesc Kujawski", "Biala Podlaska", "Minsk Mazowiecki", "Plock",
    "Mazovia", "Masovia", "Lublin",
)  # fmt: skip
_ROSTOV = ("Rostov", "Zernograd", "Krasnodar", "Bashkortostan", "Tambov")
_PSKOV = ("Pskov", "Kaliningrad", "Karelia", "Tver", "Novosibirsk")
_SMOLENSK = ("Smolensk", "Bryansk", "Moscow", "Tula", "Oryol")
_WEST = ("Vitebsk", "Orsha", "Polotsk", "Dokshitsy", "Braslav")
_SOUTH = ("Gomel", "Brest", "Zhlobin", "Rogachev", "Yelsk", "Luninets", "Pinsk")
_OUTSKIRTS = ("Minsk Region", "Smolevichi", "Nesvizh", "Minsk")


@dataclass(frozen=True, slots=True)
class PressItem:
    """One page of the press and the truth about it."""

    corpus_id: str
    url: str
    outlet: str
    published_at: datetime  # aware, in the outlet's zone
    title: str
    text: str  # paragraphs parted by newlines
    lang: str
    number: int
    is_copy_of: str  # URL of the agency's page, "" for an original
    way: str  # how it was reprinted, "" for an original


@dataclass(frozen=True, slots=True)
class _Rule:
    """Stories of these kinds and regions go to these outlets in turn; an empty tuple fits everything."""

    outlets: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    local_only: bool = False  # nothing that would credit the outlet with another region's cooperation


# The first rule that fits; a story that fits none is not printed.
_RULES = (
    _Rule(("demo-novy-bereg",), kinds=_AGENCY_KINDS),
    _Rule(("demo-stepnoy-mayak",), kinds=("foreign_regional",), regions=_ROSTOV),
    _Rule(("demo-pskovski-parom",), kinds=("foreign_regional",), regions=_PSKOV),
    _Rule(("demo-smolenski-trakt",), kinds=("foreign_regional",), regions=_SMOLENSK),
    _Rule(("demo-glos-znad-narwi",), kinds=("foreign_regional",), regions=_POLAND),
    _Rule(("demo-oblispolkom",), kinds=("official_regional",), regions=("Mogilev",)),
    _Rule(_PAPERS, kinds=("district_paper",), regions=("Mogilev",)),
    _Rule(("demo-goretski-kolokol",), regions=("Gorki",)),
    _Rule(("demo-shklovskie-vechera",), regions=("Shklov",)),
    _Rule(("demo-vestnik-u-bereziny",), regions=("Bobruisk",)),
    _Rule(("demo-pridneprovskaya-nov",), regions=("Mogilev",)),
    _Rule(("demo-oblispolkom",), kinds=("official_regional",), local_only=True),
    _Rule((*_PAPERS, "demo-orshanski-perekrestok"), kinds=("district_paper",), local_only=True),
    _Rule(("demo-dvinskaya-volna",), kinds=_CAPITALS, regions=("Vitebsk",)),
    _Rule(("demo-orshanski-perekrestok",), regions=_WEST),
    _Rule(("demo-zara-nad-muhautsom",), kinds=_CAPITALS, regions=("Brest",)),
    _Rule(("demo-sozhski-bulvar",), kinds=("city_paper", "regional_tv"), regions=("Gomel",)),
    _Rule(("demo-polesski-prichal",), regions=_SOUTH),
    _Rule(("demo-grodnenski-vetryak",), kinds=_DESKS, regions=("Grodno",)),
    _Rule(("demo-stolichny-tramvay",), kinds=("city_paper", "regional_tv"), regions=("Minsk",)),
    _Rule(("demo-minski-prigorod",), kinds=_DESKS, regions=_OUTSKIRTS),
    _Rule(("demo-novy-bereg",), kinds=_DESKS),
)  # fmt: skip


def plan(
    corpus: Path,
    outlets: Sequence[Outlet],
    phrases: dict[str, Any],
    *,
    neglected: Collection[str],
    seed: int,
    items: int | None,
) -> list[PressItem]:
    """All pages of the sixty days, oldest first. `items` caps how many, reprints included.

    Stories on a `neglected` agreement (register id) are left out.
    Errors: OSError or ValueError when the corpus cannot be read.
    """
    with corpus.open(encoding="utf-8") as lines:
        told = [row for row in map(json.loads, lines) if not set(neglected) & set(row["agreements"])]
    rows = sorted(told, key=lambda r: (_aware(r["published"]), r["id"]))
    by_id = {outlet.id: outlet for outlet in publishing(outlets)}
    chosen = _assigned(rows, by_id)
    if items is not None:
        chosen = _thinned(chosen, items - items // (_REPRINT_SHARE + 1))
    originals = _dated(chosen, by_id, Random(f"{seed}:dates"))
    n_reprints = len(originals) // _REPRINT_SHARE
    printed = originals + _reprinted(originals, by_id, phrases, n_reprints, Random(f"{seed}:reprints"))
    return sorted(
        (i for i in printed if not _is_after_silence(i, by_id)), key=lambda i: (i.published_at, i.url)
    )


def _aware(raw: str) -> datetime:
    return datetime.fromisoformat(raw)


def _assigned(rows: Sequence[dict[str, Any]], by_id: dict[str, Outlet]) -> list[tuple[dict[str, Any], str]]:
    """Each story with its outlet, in order of the corpus dates."""
    turns = dict.fromkeys(range(len(_RULES)), 0)
    chosen = []
    for row in rows:
        for number, rule in enumerate(_RULES):
            if _fits(row, rule):
                outlet = rule.outlets[turns[number] % len(rule.outlets)]
                turns[number] += 1
                if outlet in by_id:
                    chosen.append((row, outlet))
                break
    return chosen


def _fits(row: dict[str, Any], rule: _Rule) -> bool:
    return (
        (not rule.kinds or row["outlet_kind"] in rule.kinds)
        and (not rule.regions or row["outlet_region"] in rule.regions)
        and not (rule.local_only and row["cooperation"])
    )


def _thinned(chosen: list[tuple[dict[str, Any], str]], n: int) -> list[tuple[dict[str, Any], str]]:
    """`n` stories in order, as evenly as can be from each outlet."""
    queues: dict[str, list[int]] = {}
    for index, (_, outlet) in enumerate(chosen):
        queues.setdefault(outlet, []).append(index)
    kept: list[int] = []
    for outlet_number, outlet in enumerate(sorted(queues)):
        share = (n - len(kept)) // (len(queues) - outlet_number)
        indices = queues[outlet]
        step = max(1.0, len(indices) / max(1, share))
        kept += [indices[int(i * step)] for i in range(min(share, len(indices)))]
    return [chosen[index] for index in sorted(kept)]


def _dated(
    chosen: Sequence[tuple[dict[str, Any], str]], by_id: dict[str, Outlet], rng: Random
) -> list[PressItem]:
    """The stories in their order over the days, fewer at weekends, each minute later than the one before."""
    days = [START.date() + timedelta(days=d) for d in range(DAYS)]
    ends = list(accumulate(_DAY_WEIGHTS[day.weekday()] for day in days))
    items = []
    for index, (row, outlet) in enumerate(chosen):
        place = (index + rng.random()) / len(chosen) * ends[-1]
        day = min(bisect(ends, place), DAYS - 1)
        start = ends[day] - _DAY_WEIGHTS[days[day].weekday()]
        share = (place - start) / _DAY_WEIGHTS[days[day].weekday()]
        minutes = int(share * _DAY_HOURS * 60)
        at = datetime.combine(days[day], time(_DAY_FROM), ZONE) + timedelta(minutes=minutes)
        items.append(_item(row, by_id[outlet], at, FIRST_ID + index))
    return items


def _item(row: dict[str, Any], outlet: Outlet, at: datetime, number: int) -> PressItem:
    return PressItem(
        corpus_id=row["id"], url=page_url(outlet, row["title"], number, at), outlet=outlet.id,
        published_at=at.astimezone(outlet.zone), title=row["title"], text=row["text"], lang=row["lang"],
        number=number, is_copy_of="", way="",
    )  # fmt: skip


def page_url(outlet: Outlet, title: str, number: int, at: datetime) -> str:
    """The address of a page in the outlet's own style."""
    local = at.astimezone(outlet.zone)
    path = outlet.look.path.format(
        id=number, slug=slug(title), y=local.year, m=f"{local.month:02d}", d=f"{local.day:02d}"
    )
    return outlet.address(path)


def _reprinted(
    originals: Sequence[PressItem], by_id: dict[str, Outlet], phrases: dict[str, Any], n: int, rng: Random
) -> list[PressItem]:
    """`n` reprints of the agency's stories by the Belarusian outlets, within hours."""
    takers = [o for o in by_id.values() if not o.is_agency and o.zone == ZONE]
    sources = [
        i
        for i in originals
        if by_id[i.outlet].is_agency and i.lang in phrases and len(i.text) >= _MIN_REPRINT_CHARS
    ]
    if not takers or not sources:
        return []
    copies: list[PressItem] = []
    for index in range(n):
        source = sources[int((index + rng.random()) / n * len(sources))]
        taker = rng.choice(takers)
        at = _reprint_time(source.published_at, rng)
        if at >= TODAY or any(c.is_copy_of == source.url and c.outlet == taker.id for c in copies):
            continue
        way = WAYS[index % len(WAYS)]
        number = FIRST_ID + len(originals) + index
        copies.append(
            replace(
                source, outlet=taker.id, published_at=at, number=number, is_copy_of=source.url, way=way,
                url=page_url(taker, source.title, number, at),
                text=reprint(source.text, way, phrases[source.lang], rng),
            )
        )  # fmt: skip
    return copies


def _reprint_time(published_at: datetime, rng: Random) -> datetime:
    """Twenty minutes to nine hours later, not at night; now and then a little before the agency's page."""
    if rng.random() < 0.06:
        return published_at - timedelta(minutes=rng.randint(10, 50))
    at = published_at + timedelta(minutes=rng.randint(20, 540))
    if at.hour < 22 and at.date() == published_at.date():
        return at
    morning: date = published_at.date() + timedelta(days=1)
    return datetime.combine(morning, time(7, 30), ZONE) + timedelta(minutes=rng.randint(0, 90))


def _is_after_silence(item: PressItem, by_id: dict[str, Outlet]) -> bool:
    is_silent = by_id[item.outlet].look.fault is Fault.SILENT
    return is_silent and item.published_at >= START + timedelta(days=SILENT_FROM)
