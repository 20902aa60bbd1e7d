"""What a spelling can mean, worked out once: the plan that plain.py follows in every text. Pure."""

from monitor.linking.atlas import Atlas
from monitor.linking.cues import Cues
from monitor.linking.hits import Sense
from monitor.linking.homonyms import meaning
from monitor.linking.kinds import is_abroad, is_geographic, is_in_city
from monitor.linking.lanes import (
    ABBREVIATION,
    ADJECTIVE,
    BARE,
    BODY,
    COMMON,
    COMPANY,
    COMPOUND,
    CYRILLIC,
    DEMONYM,
    LATIN,
    NOTHING,
    PEOPLE,
    PERSON,
    PROPER,
    QUOTED,
    SLOW,
    WHOLE,
    Meaning,
    Plan,
)
from monitor.register.folding import words
from monitor.register.names import GEOGRAPHIC, Guard, NameForm

_LETTERS = frozenset({"ru", "be", "uk"})
_SURNAME = f"{Guard.PERSON}{Guard.SURNAME}"
_PERSONS = {Guard.PERSON.value, f"{Guard.PERSON}{Guard.COMMON}"}


class Planner:
    """Makes plans; built once."""

    def __init__(self, atlas: Atlas, cues: Cues) -> None:
        self._atlas = atlas
        self._cues = cues
        sure = {pair.split()[0] for pair in cues.sure_pairs}
        self._elsewhere = frozenset({*cues.elsewhere, *cues.wares_beside, *cues.pastry, *sure})

    def plan(self, forms: tuple[NameForm, ...], written: str) -> Plan:
        """The plan of forms that are written so; of none, the names inside are looked for."""
        parts = words(written)
        is_single = len(parts) == 1
        if not forms:
            lane = NOTHING if is_single else SLOW
            return Plan((), lane, is_nest=not is_single, is_single=is_single, meanings={}, senses={})
        lane = self._lane(forms, written, parts.folded[0], is_single=is_single)
        units = ("", *self._cues.units) if lane in {ADJECTIVE, PROPER, COMPOUND} else ("",)
        is_weak = "adjective" in {form.how for form in forms} and parts.folded[0].startswith(
            self._cues.weak_adjectives
        )
        found = {
            unit: meaning(forms, unit, self._atlas, is_doubtful=is_weak or lane == BARE)
            for unit in (units if lane != SLOW else ())
        }
        places = self._atlas.places
        is_person = any(Guard.PERSON in form.guards for form in forms)
        row_only = all(map(is_in_city, forms))  # Партизанский: what it is hangs on its noun
        is_body = all(places[form.place].kind not in GEOGRAPHIC for form in forms)
        is_like_surname = parts.folded[0].endswith((*self._cues.surname_like, "er"))
        is_of_street = parts.folded[0].endswith(self._cues.street_persons)
        phrases = self._cues.phrases.of(parts.folded[0])
        return Plan(
            forms=forms,
            lane=lane,
            is_nest=is_body and not is_single,
            is_single=is_single,
            is_person=is_person,
            is_named=not is_person and not row_only,
            is_single_name=is_single and forms[0].how == "name",
            is_people=is_person and not any(Guard.SURNAME in form.guards for form in forms),
            is_abroad=is_abroad(forms, self._atlas) and not row_only,
            is_place=all(is_geographic(form, self._atlas) for form in forms),
            is_union=any(places[form.place].kind == "union" for form in forms),
            is_city=any(places[form.place].kind == "city" for form in forms),
            is_like_surname=is_like_surname,
            is_paired=is_single and bool(phrases),
            is_led=is_single and any(phrase.before for phrase in phrases),
            is_of_street=is_of_street,
            is_like_person=is_like_surname or is_of_street,
            is_taught=parts.folded[0].endswith(self._cues.lesson_endings)
            and any(places[form.place].kind == "country" for form in forms),
            is_oblique=parts.folded[0].endswith(self._cues.post_cases),
            is_nominative=parts.folded[0].endswith(self._cues.surname_base),
            meanings={unit: one for unit, one in found.items() if isinstance(one, Meaning)},
            senses={unit: one for unit, one in found.items() if isinstance(one, Sense)},
        )

    def _lane(self, forms: tuple[NameForm, ...], written: str, word: str, *, is_single: bool) -> int:
        forms = tuple(form for form in forms if not is_in_city(form))  # "" of them where no noun tells
        if not forms or (is_single and self._is_for_rules(word, written)):
            return SLOW
        hows = {form.how for form in forms}
        guards = {form.guards for form in forms}
        geographic = {is_geographic(form, self._atlas) for form in forms}
        if is_single and hows in ({"adjective"}, {"demonym"}):
            of_kind = self._lane_of_adjective if hows == {"adjective"} else self._lane_of_people
            return of_kind(forms, guards, word, is_small=written[0].islower())
        if len(geographic) > 1 or len(guards) > 1 or hows & {"adjective", "demonym"}:
            return SLOW
        guard = guards.pop()
        is_known = guard == Guard.SHORT and hows == {"abbreviation"} and word.upper() in self._cues.alone
        if not guard or (is_known and geographic == {True}):
            return self._lane_of_name(hows, geographic, forms, is_single=is_single)
        if geographic == {True}:
            return self._lane_of_place(guard, hows, forms) if is_single else SLOW
        return self._lane_of_body(guard, hows, is_single=is_single)

    def _lane_of_place(self, guard: str, hows: set[str], forms: tuple[NameForm, ...]) -> int:
        """Of a name that is a word or a first name too."""
        if hows != {"name"}:
            return SLOW
        if guard in _PERSONS or (guard == _SURNAME and self._atlas.is_home(forms[0].place)):
            return PERSON if {form.lang for form in forms} <= _LETTERS else SLOW
        return COMMON if guard == Guard.COMMON else SLOW

    def _lane_of_body(self, guard: str, hows: set[str], *, is_single: bool) -> int:
        if guard == Guard.COMMON:
            return ABBREVIATION if hows == {"abbreviation"} and is_single else SLOW
        return {Guard.QUOTED.value: QUOTED, Guard.BARE.value: BARE}.get(guard, SLOW)

    def _is_for_rules(self, word: str, written: str) -> bool:
        """True for a word that the rest of its sentence can make something else: Днепр, Georgia, Russisch."""
        is_german = written[0].isupper() and word.endswith(self._cues.german_endings)
        is_water = word in self._cues.water_names or word in self._cues.river_towns
        is_seas = word.startswith(self._cues.seas)  # в Балтийском море: the town of Балтийск
        return is_german or is_water or is_seas or word in self._elsewhere

    def _lane_of_people(
        self, forms: tuple[NameForm, ...], guards: set[str], word: str, *, is_small: bool
    ) -> int:
        if word.startswith(self._cues.weak_demonyms) or guards != {""}:
            return SLOW
        if is_small:
            return DEMONYM
        return PEOPLE if {form.lang for form in forms} <= _LETTERS else SLOW

    def _lane_of_name(
        self, hows: set[str], geographic: set[bool], forms: tuple[NameForm, ...], *, is_single: bool
    ) -> int:
        if geographic == {False}:
            return COMPANY if is_single else BODY
        if not is_single or hows == {"abbreviation"}:
            return WHOLE
        if "abbreviation" in hows:
            return SLOW
        return CYRILLIC if {form.lang for form in forms} <= _LETTERS else LATIN

    def _lane_of_adjective(
        self, _forms: tuple[NameForm, ...], guards: set[str], word: str, *, is_small: bool
    ) -> int:
        if guards == {Guard.COMPOUND.value}:
            return COMPOUND
        if guards != {""}:
            return SLOW
        return ADJECTIVE if is_small else PROPER
