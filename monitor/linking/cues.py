"""The words around names that tell what they mean, as read from config/languages/context.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from monitor.core.errors import UNREADABLE, InputError, Problem
from monitor.core.wordlists import read_words


class Stems:
    """Words told by how they begin; entries of three letters or fewer, and those with $, are whole words."""

    def __init__(self, entries: Iterable[str]) -> None:
        listed = list(entries)
        whole = [entry for entry in listed if len(entry) <= 3 or entry.endswith("$")]
        self._words = frozenset(entry.removesuffix("$") for entry in whole)
        self._starts = tuple(entry for entry in listed if entry not in whole)

    def __bool__(self) -> bool:
        return bool(self._words or self._starts)

    def __contains__(self, word: str) -> bool:
        return word in self._words or word.startswith(self._starts)


class Phrase(NamedTuple):
    """Words beside a name that make no place of it: русская печь, kiełbasa krakowska."""

    names: Stems
    after: Stems
    before: Stems


class Phrases:
    """The set phrases that a name can stand in."""

    def __init__(self, rows: Iterable[Mapping[str, list[str]]]) -> None:
        listed = list(rows)
        self._rows = tuple(Phrase(*(Stems(row.get(key, ())) for key in Phrase._fields)) for row in listed)
        self.after, self.before = (  # that may stand beside one of the names
            Stems(chain.from_iterable(row.get(key, ()) for row in listed)) for key in ("after", "before")
        )
        self._found: dict[str, tuple[Phrase, ...]] = {}

    def of(self, word: str) -> tuple[Phrase, ...]:
        """Those of a folded word, looked up once; the gazetteer bounds how many there are."""
        found = self._found.get(word)
        if found is None:
            found = self._found[word] = tuple(row for row in self._rows if word in row.names)
        return found


@dataclass(frozen=True, slots=True)
class Cues:
    """Folded as in register.folding."""

    units: Mapping[str, Stems]  # region | district | city -> nouns that say so
    street_before: Stems
    street_after: Stems
    street_named: frozenset[str]  # whole words, singular: на улице Фрунзе, but not на улицах Минска
    street_along: frozenset[str]  # на Полоцкую
    street_from: frozenset[str]  # с Брестской на Минскую
    street_onto: frozenset[str]
    street_corner: frozenset[str]
    street_persons: tuple[str, ...]  # endings: на Кирова
    street_agrees: Mapping[str, str]  # ending of an adjective -> last letters of a noun that it belongs to
    street_alone: frozenset[str]  # przy Lubelskiej: before a Polish adjective with a capital
    street_alone_endings: tuple[str, ...]
    thing_after: Stems  # dishes too
    goods: Stems  # of a place in the plural, a sort in the singular: литовские сыры
    plural_endings: tuple[str, ...]  # of adjectives
    mixes: frozenset[str]  # помесь сибирской и персидской
    kinds: frozenset[str]  # пород брянская и орловская: breeds and sorts in the nominative
    art: Stems  # иконы новгородской школы
    art_school: Stems
    pastry: frozenset[str]  # zwei Paar Wiener, where the sentence speaks of a table
    table: Stems
    thing_before: Stems
    quoted_before: Stems  # before a company's name that is a word: отряд «Полесье»
    wares: Stems  # холодильник «Атлант»
    offers: Stems  # in a sentence that sells them
    wares_beside: Mapping[str, Stems]  # name -> words near it that make goods of it
    stiff: tuple[str, ...]  # endings of towns that do not decline: рестораны Гродно
    stiff_after: tuple[str, ...]  # endings of other cases before them
    named_after: Stems  # Hotel, Street: behind a name in Latin letters
    dishes: Stems  # also before an adjective: борщ полтавский
    little: frozenset[str]  # prepositions and the like: what follows where no noun does
    language_endings: tuple[str, ...]  # of an adjective that is one
    no_language: tuple[str, ...]  # of adjectives in the plural
    speak: frozenset[str]  # before a language without a noun: учат турецкий
    teach: frozenset[str]  # the same before another case: учить русскому
    teach_endings: tuple[str, ...]
    reflexive: frozenset[str]  # uczą się polskiego
    german_endings: tuple[str, ...]  # of an adjective that is a language where it has a capital: auf Russisch
    german_beginnings: tuple[str, ...]  # of what may stand behind its hyphen: Belarussisch-Deutsche
    agrees: Mapping[str, str]  # ending of an adjective -> last letters of what can belong to it
    language_into: frozenset[str]  # what stands before a language that has no noun
    language_dative: frozenset[str]  # the same before one in the dative: диктант по русскому
    language_rest: frozenset[str]  # what may follow such a language
    language_before: frozenset[str]  # kurs języka białoruskiego
    adverb_before: frozenset[str]  # по-русски, па-беларуску
    history: Stems  # before an adjective: Княжество Литовское
    lessons: frozenset[str]  # before a language without a noun: уроки русского
    lesson_endings: tuple[str, ...]
    chinese_after: tuple[str, ...]  # behind a Chinese name
    water_before: Stems
    water_names: Stems
    seas: tuple[str, ...]  # beginnings of towns that are spelt like a sea
    embankment: Stems
    river_towns: Stems  # in a sentence that speaks of fish and boats they are rivers
    water_words: Stems
    rivers: Stems  # towns that share their name with a river: набережная Свислочи
    water_on: frozenset[str]  # на Березине
    water_locative: tuple[str, ...]
    water_over: frozenset[str]  # мост через Вятку: a preposition and what stands before it
    water_crossing: Stems
    capitals: frozenset[str]
    sport_before: frozenset[str]
    clubs: frozenset[str]  # the same where they have a capital
    sport_words: Stems
    contests: Stems  # before a country: Кубок Беларуси
    cups: Stems  # before a region too
    sheets: frozenset[str]  # Голы: Лисакович, Ковель
    company_before: Stems
    company_goods: Stems  # the wares of one maker: холодильников Атлант
    place_before: frozenset[str]
    place_heads: frozenset[str]  # мэр Владимира: before a name that is not in the nominative
    place_inside: Mapping[str, frozenset[str]]  # language -> prepositions that no person stands behind
    locatives: Mapping[str, tuple[str, ...]]  # language -> endings that no person has: Lydoje
    ours: frozenset[str]
    towns: frozenset[str]
    town_acts: frozenset[str]  # Мосты отметили праздник
    town_words: frozenset[str]  # but Мир ждёт
    villages: frozenset[str]
    nicknames: frozenset[str]  # Little Warsaw
    attributes: tuple[str, ...]  # endings of an adjective in the genitive: Ветка железной дороги
    times: frozenset[str]  # words that end so and say when
    neuter: tuple[str, ...]  # endings of a town that is an adjective: Высокое
    neuter_after: tuple[str, ...]  # and of its noun
    articles: frozenset[str]
    states: frozenset[str]
    elsewhere: Mapping[str, Stems]  # name -> words of its sentence that make another place of it
    of_capital: frozenset[str]  # beside a district of the capital: во Фрунзенском районе столицы
    bodies: Mapping[str, Stems]  # country -> bodies and units that only it has
    any_body: Stems  # the same of all countries
    namesake: Stems
    person_before: Stems
    person_called: frozenset[str]  # whole words, before a nominative
    posts: frozenset[str]  # the same in other cases: тренера Слонимского
    post_cases: tuple[str, ...]  # endings of adjectives in other cases
    post_agrees: Mapping[str, str]  # ending of an adjective -> last letters of what can belong to it
    post_rest: frozenset[str]  # подполковник запаса Брагин: between a post and a surname
    said: frozenset[str]  # on either side of a surname: Брагин пояснил
    told: frozenset[str]  # only before it: отметил Брагин, but Борисов отметил юбилей
    titles: frozenset[str]
    short_titles: frozenset[str]  # with a full stop: Dr. Hamburger
    monument: Stems  # памятник Кирову: before a dative
    dative: tuple[str, ...]
    surname_genitive: tuple[str, ...]  # Владимира Бельского
    family: frozenset[str]  # семья Минских: before a plural
    family_endings: tuple[str, ...]
    surname_like: tuple[str, ...]  # endings of towns that may be surnames behind a post: тренер Быхов
    works: Stems  # of an author: стихи Навои
    own: frozenset[str]  # Борисов и его напарник
    kin: Stems
    past_endings: tuple[str, ...]  # of verbs: признал
    verb_endings: tuple[str, ...]  # the same in the plural too
    nouns: frozenset[str]  # that end like verbs in the past: филиал
    surname: tuple[str, ...]  # endings
    person_quoted: frozenset[str]  # по словам Полоцкого
    surname_base: tuple[str, ...]  # endings of adjectives in the nominative
    first: tuple[str, ...]  # beginnings
    first_names: frozenset[str]
    weak_adjectives: tuple[str, ...]  # beginnings
    sure_pairs: frozenset[str]  # of a weak adjective and its noun: мирский замок
    weak_demonyms: tuple[str, ...]
    alone: frozenset[str]  # abbreviations as written
    adjective_endings: tuple[str, ...]
    joints: frozenset[str]
    next_to: Stems  # в соседнем Светлогорском
    phrases: Phrases


def load_cues(config: Path) -> Cues:
    """The shipped cues. Errors: InputError naming the file and the missing key."""
    path = config / "languages" / "context.toml"
    try:
        return _cues(read_words(config, "languages/context.toml"))
    except UNREADABLE as error:
        raise InputError([Problem(str(path), f"cannot be read: {error}")]) from error


def _cues(raw: Mapping[str, Any]) -> Cues:
    return Cues(
        units={kind: Stems(stems) for kind, stems in raw["units"].items()},
        **_things(raw["street"], raw["things"], raw["water"]),
        **_places(raw["place"], raw["place"]["more"]),
        elsewhere={name: Stems(stems) for name, stems in raw["place"]["elsewhere"].items()},
        of_capital=frozenset(raw["place"]["capital"]["words"]),
        **_persons(raw["person"]),
        sport_before=frozenset(raw["sport"]["before"]),
        clubs=frozenset(raw["sport"]["clubs"]),
        sport_words=Stems(raw["sport"]["words"]),
        contests=Stems(raw["sport"]["contests"]),
        cups=Stems(raw["sport"]["cups"]),
        sheets=frozenset(raw["sport"]["sheets"]),
        company_before=Stems(raw["company"]["before"]),
        company_goods=Stems(raw["company"]["goods"]),
        bodies={country: Stems(stems) for country, stems in raw["bodies"].items()},
        any_body=Stems(chain.from_iterable(raw["bodies"].values())),
        weak_adjectives=tuple(raw["weak"]["adjectives"]),
        sure_pairs=frozenset(raw["weak"]["sure"]),
        weak_demonyms=tuple(raw["weak"]["demonyms"]),
        alone=frozenset(raw["abbreviations"]["alone"]),
        adjective_endings=tuple(raw["list"]["endings"]),
        joints=frozenset(raw["list"]["joints"]),
        next_to=Stems(raw["list"]["next_to"]),
        phrases=Phrases(raw["pairs"]),
    )


def _things(street: Mapping[str, Any], things: Mapping[str, Any], water: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "street_before": Stems(street["before"]),
        "street_named": frozenset(street["named"]),
        "street_after": Stems(street["after"]),
        "street_along": frozenset(street["along"]),
        "street_from": frozenset(street["from"]),
        "street_onto": frozenset(street["onto"]),
        "street_corner": frozenset(street["corner"]),
        "street_persons": tuple(street["persons"]),
        "street_agrees": dict(street["agrees"]),
        "street_alone": frozenset(street["alone"]),
        "street_alone_endings": tuple(street["alone_endings"]),
        "goods": Stems(things["goods"]),
        "plural_endings": tuple(things["plural"]),
        "kinds": frozenset(things["kinds"]),
        "mixes": frozenset(things["mixes"]),
        "wares": Stems(things["wares"]),
        "offers": Stems(things["offers"]),
        "wares_beside": {name: Stems(stems) for name, stems in things["beside"].items()},
        "art": Stems(things["art"]),
        "art_school": Stems(things["art_school"]),
        "pastry": frozenset(things["pastry"]),
        "table": Stems(things["table"]),
        "teach": frozenset(things["teach"]),
        "teach_endings": tuple(things["teach_endings"]),
        "reflexive": frozenset(things["reflexive"]),
        "german_endings": tuple(things["german_endings"]),
        "german_beginnings": tuple(things["german_beginnings"]),
        "agrees": dict(things["agrees"]),
        "thing_after": Stems([*things["after"], *things["dishes"]]),
        "thing_before": Stems(things["before"]),
        "named_after": Stems(things["named"]),
        "quoted_before": Stems(things["quoted"]),
        "stiff": tuple(things["stiff"]),
        "stiff_after": tuple(things["stiff_after"]),
        "dishes": Stems(things["dishes"]),
        "little": frozenset(things["little"]),
        "language_endings": tuple(things["language_endings"]),
        "no_language": tuple(things["no_language"]),
        "speak": frozenset(things["speak"]),
        "language_into": frozenset(things["into"]),
        "language_dative": frozenset(things["into_dative"]),
        "language_rest": frozenset(things["rest"]),
        "language_before": frozenset(things["language_before"]),
        "adverb_before": frozenset(things["adverb_before"]),
        "history": Stems(things["history"]),
        "lessons": frozenset(things["lessons"]),
        "lesson_endings": tuple(things["lesson_endings"]),
        "chinese_after": tuple(things["chinese"]),
        "water_before": Stems(water["before"]),
        "water_over": frozenset(water["over"]),
        "water_crossing": Stems(water["crossing"]),
        "water_names": Stems(water["names"]),
        "seas": tuple(water["seas"]),
        "embankment": Stems(water["embankment"]),
        "rivers": Stems(water["rivers"]),
        "river_towns": Stems(water["towns"]),
        "water_words": Stems(water["words"]),
        "water_on": frozenset(water["on"]),
        "water_locative": tuple(water["locative"]),
    }


_OF_TOWNS = ("ours", "towns", "town_acts", "town_words", "villages", "articles", "states", "nicknames")


def _places(place: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "capitals": frozenset(place["capitals"]),
        "place_before": frozenset(place["before"]),
        "place_heads": frozenset(place["heads"]),
        "locatives": {lang: tuple(listed) for lang, listed in place["locatives"].items()},
        "place_inside": {lang: frozenset(listed) for lang, listed in place["inside"].items()},
        **{key: frozenset(more[key]) for key in _OF_TOWNS},
        "attributes": tuple(more["attributes"]),
        "times": frozenset(more["times"]),
        "neuter": tuple(more["neuter"]),
        "neuter_after": tuple(more["neuter_after"]),
    }


def _declined(word: str, endings: Mapping[str, str]) -> list[str]:
    """The other cases of a post, by its longest ending in the list: тренер, тренера, тренеру, тренером."""
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending):
            return [word.removesuffix(ending) + case for case in endings[ending].split()]
    return []


def _persons(person: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "namesake": Stems(person["namesake"]),
        "person_before": Stems(person["before"]),
        "person_called": frozenset(person["called"]),
        "posts": frozenset(
            chain(person["posts"], *(_declined(word, person["declined"]) for word in person["called"]))
        ),
        "post_cases": tuple(person["cases"]),
        "post_agrees": dict(person["agrees"]),
        "post_rest": frozenset(person["rest"]),
        "said": frozenset(person["said"]),
        "told": frozenset(person["told"]),
        "titles": frozenset(person["titles"]),
        "short_titles": frozenset(person["short_titles"]),
        "monument": Stems(person["monument"]),
        "dative": tuple(person["dative"]),
        "surname_genitive": tuple(person["genitive"]),
        "family": frozenset(person["family"]),
        "family_endings": tuple(person["family_endings"]),
        "surname_like": tuple(person["like"]),
        "verb_endings": (*person["past"], *person["past_plural"]),
        "works": Stems(person["works"]),
        "own": frozenset(person["own"]),
        "kin": Stems(person["kin"]),
        "past_endings": tuple(person["past"]),
        "nouns": frozenset(person["nouns"]),
        "surname": tuple(person["surname"]),
        "person_quoted": frozenset(person["quoted"]),
        "surname_base": tuple(person["base"]),
        "first": tuple(person["first"]),
        "first_names": frozenset(person["names"]),
    }
