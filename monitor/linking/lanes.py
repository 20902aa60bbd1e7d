"""How spellings are looked at, and what each can mean: the plans of plan.py. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.ids import PlaceId
from monitor.linking.hits import Sense
from monitor.register.names import NameForm

# How a spelling is looked at: not at all, by the rules, or by what matters to names that are written so
(
    NOTHING, SLOW, BARE, BODY, WHOLE, COMPANY, QUOTED, ABBREVIATION, CYRILLIC, LATIN, COMMON, PERSON,
    DEMONYM, PEOPLE, ADJECTIVE, PROPER, COMPOUND,
) = range(17)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """One place with what else the name could be."""

    place: PlaceId
    how: str
    others: tuple[PlaceId, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a spelling, written so in a text of one language, can mean."""

    forms: tuple[NameForm, ...]
    lane: int
    is_nest: bool  # several words that are a body, or no name at all: the names in it count too
    is_single: bool
    meanings: Mapping[str, Meaning]  # by the kind of place that the noun behind tells
    senses: Mapping[str, Sense]  # the same of homonyms and of what counts only with another name near by
    is_person: bool = False
    is_named: bool = False  # a name that no person has
    is_single_name: bool = False
    is_people: bool = False  # a first name as well
    is_abroad: bool = False
    is_place: bool = False  # and no body or company in any of its meanings
    is_union: bool = False  # «Пояс и путь»
    is_city: bool = False  # or may be one
    is_like_surname: bool = False  # a town like Быхов
    is_paired: bool = False  # in set phrases no place: русская печь
    is_led: bool = False  # the same behind its noun: kiełbasa krakowska
    is_oblique: bool = False  # an adjective like Минского, as a surname stands behind тренера
    is_of_street: bool = False  # a town like Кирова
    is_like_person: bool = False  # one of both
    is_taught: bool = False  # a language like немецкого
    is_nominative: bool = False  # an adjective like Минский, as a surname stands behind a post
