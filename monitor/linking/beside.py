"""What the words right beside a name say about it: a street, a person, a dish, a district. Pure."""

from monitor.linking.adjectives import is_adverb, is_at_corner, is_no_party, is_of_thing
from monitor.linking.cues import Cues
from monitor.linking.hits import CLOSING, OPENING, Hit, has_score, sentence_around
from monitor.linking.languages import is_language
from monitor.linking.namesakes import (
    bears_quoted,
    begins_quoted_name,
    ends_name_of_thing,
    is_called_so,
    is_first_of_streets,
    is_of_contest,
    is_of_cup,
    is_of_street,
    is_on_sheet,
    is_on_table,
    is_ware,
    quote_before,
)
from monitor.linking.nouns import STOPS, is_capitalised, noun_after, touches, unit_of
from monitor.linking.persons import follows_first_name, follows_initial, is_like_person, is_of_author
from monitor.linking.rows import Neighbours, is_among_people
from monitor.register.names import Guard, NameForm

_CYRILLIC = frozenset({"ru", "be", "uk"})  # Latin press puts no quotation marks around companies
_NAMES_ALONE = _CYRILLIC | {"en"}  # no name of these is written like an adjective: Kakheti wine
_WEB = frozenset("./@_")
_HYPHENS = frozenset("-‑–")
_NEAR = 4  # words
_TITLE_GAPS = frozenset({" ", ". "})
_CLUB_GAPS = frozenset({" ", "-", "–", " «"})
_SHORT = 4  # letters of an attribute


def ruled_out(hit: Hit, form: NameForm, cues: Cues, near: Neighbours, *, kind: str, is_base: bool) -> bool:
    """True if the words beside a hit show that it is not the place of `form`.

    `kind` of the place, empty for bodies and companies; `is_base`: the form is a name in the nominative.
    """
    if Guard.COMPOUND in form.guards:
        is_half = hit.gap_after in _HYPHENS and bool(hit.after())
        return not is_half or noun_after(hit, cues) in cues.thing_after  # русско-японская война
    if not kind:
        return _is_other_body(hit, form, cues, near, is_base=is_base)
    if not hit.is_single or form.how == "abbreviation":
        return _is_long_name_of_other(hit, cues, kind)
    if form.how == "adjective":
        has_name = any(other.how == "name" for other in hit.forms)
        return is_no_party(hit, cues, is_plain=form.lang in _CYRILLIC, has_name=has_name)
    if form.how == "demonym":
        is_both = any(other.how == "adjective" for other in hit.forms)  # на беларускай: of беларус too
        return _is_nobody(hit, cues, is_plain=form.lang in _CYRILLIC) or (is_both and is_language(hit, cues))
    is_else = kind == "city" and _is_no_town(hit, form, cues, is_base=is_base)
    return is_else or _name_is_no_place(hit, form, cues, near, is_base=is_base)


def _is_long_name_of_other(hit: Hit, cues: Cues, kind: str) -> bool:
    """True for чемпионат Республики Беларусь, Кубок Минской области, хор «Белая Русь»; not «Пояс и путь»."""
    if (kind == "country" and is_of_contest(hit, cues)) or (kind == "region" and is_of_cup(hit, cues)):
        return True
    return hit.is_quoted and ("-" in hit.text or (kind != "union" and " " in hit.text))


def _is_no_town(hit: Hit, form: NameForm, cues: Cues, *, is_base: bool) -> bool:
    is_german = is_base and form.lang not in _CYRILLIC
    if Guard.COMMON in form.guards and (_is_adjective(hit, cues) or (is_base and _has_attribute(hit, cues))):
        return True
    if form.lang in _CYRILLIC and (_is_of_monument(hit, cues) or (is_base and is_like_person(hit, cues))):
        return True
    if form.lang in _CYRILLIC and (is_on_sheet(hit, cues) if is_base else is_of_street(hit, cues)):
        return True
    if hit.last_word in cues.river_towns and _is_in_water(hit, cues):
        return True
    return _is_elsewhere(hit, cues, is_german=is_german) or _is_water(hit, cues, is_base=is_base)


def _is_adjective(hit: Hit, cues: Cues) -> bool:
    """True for a town's name that is the adjective of a noun: Высокое крыльцо."""
    if not (hit.begins_sentence and hit.gap_after == " " and hit.written(1).islower()):
        return False
    return hit.last_word.endswith(cues.neuter) and hit.after().endswith(cues.neuter_after)


def _has_attribute(hit: Hit, cues: Cues) -> bool:
    """True for a word that a genitive belongs to: Ветка железной дороги."""
    if not (hit.begins_sentence and hit.gap_after == " " and hit.written(1).islower()):
        return False
    return (
        hit.after().endswith(cues.attributes) and len(hit.after()) > _SHORT and hit.after() not in cues.times
    )


def _is_of_monument(hit: Hit, cues: Cues) -> bool:
    """True for памятник Кирову: in the dative, and a town has its monuments in the genitive."""
    return hit.last_word.endswith(cues.dative) and hit.gap_before == " " and hit.before() in cues.monument


def _is_in_water(hit: Hit, cues: Cues) -> bool:
    """True for a town that shares its name with a river, in a sentence that speaks of fish and boats."""
    if hit.before() in cues.towns or hit.before() in cues.place_heads:
        return False
    return any(word in cues.water_words for word in hit.sentence())


def is_placed(hit: Hit, cues: Cues) -> bool:
    """True if a preposition or "город" before the hit makes it a place."""
    return hit.before() in cues.place_before and STOPS.isdisjoint(hit.gap_before.replace(".", "", 1))


def _is_other_body(hit: Hit, form: NameForm, cues: Cues, near: Neighbours, *, is_base: bool) -> bool:
    if Guard.BARE in form.guards:
        return is_of_land(hit, near)
    if (
        hit.is_single
        and hit.gap_before in _HYPHENS
        and (hit.before() in cues.sport_before or hit.before() in cues.clubs)
    ):
        return True  # «Торпедо-БелАЗ»
    is_good = Guard.QUOTED in form.guards and is_ware(hit, cues, is_base=is_base)
    if is_good or (form.how == "adjective" and hit.is_quoted):
        return True  # магазин «Беловежская»
    if Guard.QUOTED in form.guards and hit.opens_quote and bears_quoted(hit.before(), cues):
        return hit.before() not in cues.company_before  # гостиница «Полесье»
    if Guard.QUOTED in form.guards and form.lang in _CYRILLIC and not hit.opens_quote:
        return not (hit.before() in cues.company_before or hit.before() in cues.company_goods)
    return hit.is_single and hit.before() not in cues.company_before and _is_in_game(hit, cues)


def is_of_land(hit: Hit, near: Neighbours) -> bool:
    """True for a body of a country that stands right behind: Министерство образования Зимбабве."""
    return hit.gap_after == " " and hit.at(1) in near.abroad


def _is_in_game(hit: Hit, cues: Cues) -> bool:
    """True if the sentence speaks of a game: «Нафтан» обыграл «Шахтёр», «Брест» — «Неман» 2:1."""
    return has_score(hit.source, *sentence_around(hit.source, hit.start, hit.end)) or any(
        word in cues.sport_words for word in hit.sentence()
    )


def _is_nobody(hit: Hit, cues: Cues, *, is_plain: bool) -> bool:
    """`is_plain`: people are written without a capital; in Polish some are not (Grodnianie)."""
    if hit.is_quoted or _is_model(hit) or is_adverb(hit, cues) or is_of_thing(hit, cues):
        return True  # трактор «Беларус», па-беларуску
    is_titled = follows_first_name(hit, cues) or follows_initial(hit) or hit.before() in cues.titles
    if hit.text[:1].isupper() and hit.gap_before in _TITLE_GAPS and is_titled:
        return True  # Jan Litwin
    return is_plain and hit.text[:1].isupper() and not hit.begins_sentence  # художник Иван Швед


def _is_model(hit: Hit) -> bool:
    """True for a make with its number: Беларус-1221, «Минск-16»."""
    return hit.gap_after in _HYPHENS and hit.after().isdigit()


def _bears_the_name(hit: Hit, form: NameForm, cues: Cues) -> bool:
    """True for Minsk Street, Wiener Würstchen, and Минском море: a name's form that is an adjective's too."""
    if form.lang not in _CYRILLIC and hit.gap_after in {" ", "-"} and hit.after() in cues.named_after:
        return True
    if form.lang == "zh" and hit.source.startswith(cues.chinese_after, hit.end):
        return True
    if form.lang not in _NAMES_ALONE and is_first_of_streets(hit, cues):
        return True
    is_spelt = hit.last_word.startswith(cues.seas)  # Балтийском море
    as_adjective = form.lang not in _NAMES_ALONE or is_spelt or any(f.how == "adjective" for f in hit.forms)
    return as_adjective and is_of_thing(hit, cues)


def _name_is_no_place(hit: Hit, form: NameForm, cues: Cues, near: Neighbours, *, is_base: bool) -> bool:
    is_called = is_base and (is_called_so(hit, cues) or ends_name_of_thing(hit, cues))
    if is_called or _bears_the_name(hit, form, cues):
        return True
    if hit.is_quoted or _is_model(hit) or _is_in_address(hit) or _is_part_of_name(hit, form, cues, near):
        return True
    if _is_other_thing(hit, cues, near) or _is_of_club(hit, near, cues, is_base=is_base):
        return True
    if hit.gap_before == " " and (_is_titled(hit, cues) or hit.at(-1) in near.people):
        return True
    streets = cues.street_before if form.guards else cues.street_named
    if follows_first_name(hit, cues) or (hit.before() in streets and touches(hit.gap_before)):
        return True
    return Guard.PERSON in form.guards and _is_of_person(hit, cues, near, is_base=is_base)


def _is_other_thing(hit: Hit, cues: Cues, near: Neighbours) -> bool:
    """True for a namesake of a place abroad, a sausage, a second street of a corner, Dr. Hamburger."""
    if is_of_contest(hit, cues) or is_on_table(hit, cues) or is_at_corner(hit, cues):
        return True
    if _is_other_place(hit, cues) or begins_quoted_name(hit):
        return True
    if hit.before() in cues.short_titles and hit.gap_before in _TITLE_GAPS:
        return True
    if hit.gap_before != " " or hit.before() not in cues.person_called:
        return False
    is_er = hit.last_word.endswith("er") and not is_capitalised(hit.written(1))
    return is_er or _is_first_name(hit, near)  # Trainer Hamburger lobte


def _is_first_name(hit: Hit, near: Neighbours) -> bool:
    """True for Coach Paris Hill praised."""
    return hit.gap_after == " " and is_capitalised(hit.written(1)) and hit.at(1) not in near.named


def _is_other_place(hit: Hit, cues: Cues) -> bool:
    """True for Georgia near Atlanta."""
    stems = cues.elsewhere.get(hit.last_word)
    if stems is None:
        return False
    return any(hit.word(n) in stems for n in range(-_NEAR, _NEAR + 1) if n)


def _is_of_person(hit: Hit, cues: Cues, near: Neighbours, *, is_base: bool) -> bool:
    """True for медсестра Лида, Борисов и его напарник, стихи Пушкина."""
    if is_base and ((touches(hit.gap_before) and hit.before() in cues.person_called) or _has_kin(hit, cues)):
        return True
    return is_of_author(hit, cues) or _is_person(hit, cues, near)


def _is_titled(hit: Hit, cues: Cues) -> bool:
    """True for имени Пушкина, Herr Berlin, стихи Навои, Little Warsaw."""
    before = hit.before()
    if before in cues.nicknames:
        return is_capitalised(hit.written(-1))
    return before in cues.namesake or before in cues.titles or before in cues.works


def _has_kin(hit: Hit, cues: Cues) -> bool:
    """True for Борисов и его напарник."""
    return hit.after() in cues.joints and hit.after(2) in cues.own and hit.after(3) in cues.kin


def _is_elsewhere(hit: Hit, cues: Cues, *, is_german: bool) -> bool:
    """True for a village of that name (в селе Париж), Moscow, Idaho, and nach dem Essen."""
    if hit.gap_after == ", " and hit.after() in cues.states and is_capitalised(hit.written(1)):
        return True
    if not touches(hit.gap_before):
        return False
    return hit.before() in cues.villages or (is_german and hit.before() in cues.articles)


def _is_water(hit: Hit, cues: Cues, *, is_base: bool) -> bool:
    """True for на реке Орше, мост через Вятку, на Березине."""
    if hit.gap_before != " ":
        return False
    if hit.before() in cues.embankment:
        return hit.last_word in cues.rivers
    if hit.before() in cues.water_over and hit.before(2) in cues.water_crossing:
        return True
    if hit.before() in cues.water_on and not is_base and hit.last_word.endswith(cues.water_locative):
        return True
    return hit.before() in cues.water_before


def _is_in_address(hit: Hit) -> bool:
    """True inside a host name or e-mail address: brest.by, minsk.gov.by."""
    if not hit.text.isascii():
        return False
    joined_after = hit.gap_after in _WEB and bool(hit.after())
    return joined_after or (hit.gap_before in _WEB and bool(hit.before()))


def _is_part_of_name(hit: Hit, form: NameForm, cues: Cues, near: Neighbours) -> bool:
    """True for a club (Динамо-Минск), a person's initial before it, a word of a quoted name («Минск-Мир»)."""
    if hit.before() in cues.sport_before and hit.gap_before in _CLUB_GAPS:
        return True
    if follows_initial(hit):
        return True
    if Guard.COMMON in form.guards and _is_word_of_name(hit):
        return True
    capital_follows = hit.written(1)[:1].isupper() and hit.at(1) not in near.named
    return hit.opens_quote and hit.gap_after == "-" and capital_follows


def _is_of_club(hit: Hit, near: Neighbours, cues: Cues, *, is_base: bool) -> bool:
    """True for Славию-Мозырь, Jagiellonii Białystok: the town stays in the nominative."""
    if is_base and _ends_quoted_pair(hit) and hit.at(-1) not in near.named:
        return True
    is_named = hit.before() in cues.clubs and hit.written(-1)[:1].isupper()
    return is_base and is_named and hit.gap_before in _CLUB_GAPS


def _ends_quoted_pair(hit: Hit) -> bool:
    """True for the end of a name like «Экспресс-Минск»."""
    is_joined = hit.gap_before in _HYPHENS and hit.gap_after[:1] in CLOSING
    return is_joined and hit.gap(-2)[-1:] in OPENING


def _is_word_of_name(hit: Hit) -> bool:
    """True for an ordinary word that ends a hyphened or quoted name, or is an abbreviation (МИР)."""
    ends_quote = hit.gap_after[:1] == "»" and hit.gap_before == " " and bool(quote_before(hit))
    is_abbreviation = hit.text[1:2].isupper() and not hit.is_shouted  # МИР, МИРе
    return hit.gap_before == "-" or ends_quote or is_abbreviation


def _is_person(hit: Hit, cues: Cues, near: Neighbours) -> bool:
    before, after = hit.written(-1), hit.written(1)
    if (hit.gap_before == " " and hit.before() in cues.person_before) or is_among_people(hit, near, cues):
        return True
    if hit.gap_after == " " and is_capitalised(after):
        surname = hit.after().endswith(cues.surname)
        is_name = hit.at(1) in near.single or hit.after().endswith(cues.surname_genitive)
        if hit.at(1) not in near.named or (surname and is_name and not unit_of(hit.after(2), cues)):
            return surname or not is_placed(hit, cues)
    if len(after) == 1 and after.isupper() and hit.gap_after == " ":
        return True
    return (
        hit.gap_before == " "
        and is_capitalised(before)
        and hit.at(-1) not in near.named
        and hit.before() not in cues.place_before
        and hit.before().endswith(cues.surname)
    )
