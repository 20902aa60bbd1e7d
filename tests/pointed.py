"""News of a made-up press whose names are pointed out: of a register by a seed, quickly and in number."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.linking.types import Mention
from monitor.register.types import Agreement, Register

_SENTENCES = (
    "{a} и {b} подписали соглашение о сотрудничестве, в нём {words}.",
    "Делегация ({a}) побывала там, где {b}; говорили о том, что {words}",
    "В {a} прошёл фестиваль, {words}!",
    "Министерство образования и депутаты встретились: {a}, {words}.",
    "Завод отгрузил {n} тракторов в {b}. Университет и {words}.",
    "Погода на неделе будет сухой, ночью до {n} градусов мороза.",
)
_REGIONS = tuple(map(PlaceId, ("by-mogilev-region", "by-brest-region", "by-city-minsk")))


@dataclass(frozen=True, slots=True)
class Pointed:
    """An article, who is named in it and what the classifier says of it."""

    title: str
    text: str
    region: PlaceId
    mentions: tuple[Mention, ...]
    topics: dict[str, float]
    is_cooperation: bool
    like: str  # a story or title of the register that it resembles, or ""

    @property
    def both_named(self) -> bool:
        """Whether it names a place in Belarus and one abroad."""
        return len({mention.place.startswith(("by-", "country-by")) for mention in self.mentions}) == 2


def press(register: Register, n: int, seed: int) -> list[Pointed]:
    """That many articles, no two with one title."""
    rng = random.Random(seed)
    return [_article(register, rng, number) for number in range(n)]


def _article(register: Register, rng: random.Random, number: int) -> Pointed:
    row = register.agreements[rng.choice([a.id for a in register.agreements.values() if a.monitored])]
    parties = [party.place for party in row.parties]
    anywhere = sorted(register.places)
    mentions: list[Mention] = []
    title = _said(register, rng, "title", f"Новость {number}: ", mentions, _places(rng, parties, anywhere))
    text = ""
    for _ in range(rng.randrange(2, 6)):
        words = " ".join(rng.sample(row.title_ru.split(), 2)) if rng.random() < 0.5 else "стало теплее"
        sentence = rng.choice(_SENTENCES).replace("{words}", words)
        sentence = sentence.replace("{n}", str(row.signed.year if row.signed else rng.randrange(2, 900)))
        text = _said(register, rng, "text", text + sentence + " ", mentions, _places(rng, parties, anywhere))
    return Pointed(
        title, text, rng.choice(_REGIONS), tuple(mentions),
        {topic: rng.choice((0.5, 0.7, 0.9)) for topic in row.topics if rng.random() < 0.7},
        rng.random() < 0.6,
        _sample(register, row) if rng.random() < 0.5 else "",
    )  # fmt: skip


def _sample(register: Register, row: Agreement) -> str:
    subject = register.subjects.get(row.id)
    return subject.stories[0] if subject is not None else row.title_ru


def _places(rng: random.Random, parties: Sequence[PlaceId], anywhere: Sequence[PlaceId]) -> Iterator[PlaceId]:
    while True:
        yield rng.choice(parties) if rng.random() < 0.6 else rng.choice(anywhere)


def _said(
    register: Register, rng: random.Random, field: str, told: str, found: list[Mention],
    places: Iterator[PlaceId],
) -> str:  # fmt: skip
    """The words with names in place of what waits for one."""
    told = f"{told}{{a}}" if field == "title" else told
    while (at := min((i for i in (told.find("{a}"), told.find("{b}")) if i >= 0), default=-1)) >= 0:
        place = next(places)
        name = register.places[place].name("ru")
        told = told[:at] + name + told[at + 3 :]
        others = tuple(rng.sample(sorted(register.places), 1)) if rng.random() < 0.1 else ()
        how = rng.choice(("name", "name", "adjective"))
        found.append(Mention(place, field, at, at + len(name), name, how, others))
    return told
