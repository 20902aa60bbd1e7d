"""What words do to the names beside them, learnt word by word: the table of plain.py. Pure."""

import codecs

from monitor.linking.cues import Cues, Stems
from monitor.linking.namesakes import OF_WORDS

# what a word makes of the name behind it
BEFORE_NAME, BEFORE_ADJECTIVE, POST, PLACED, ON, OVER = 1, 2, 4, 8, 16, 32
WORK, ALONG, STREET, CROSSING = 64, 128, 256, 512  # also where a word stands between
# what a word is to a name before it, or to the adjectives of a row
THING, BEARER, JOINT, LISTED = 1 << 10, 1 << 11, 1 << 12, 1 << 13
UNIT, REST, FIRST = 1 << 14, 1 << 15, 1 << 16
GAME = 1 << 17  # anywhere in the sentence
INTO, LITTLE = 1 << 18, 1 << 19  # на русском говорят
PAST, VERB = 1 << 20, 1 << 21  # of one person, or of any number: признался, сделали
PAIRED, DECLINED, SAID = 1 << 22, 1 << 23, 1 << 24  # of a set phrase; тренера; пояснил
QUOTING, SPEAK = 1 << 25, 1 << 26  # отряд «Полесье»; изучают
LED = 1 << 27  # kiełbasa krakowska
OF, CONTEST = 1 << 28, 1 << 29  # of; Duchy, Cup
_KEPT = 200_000  # words: more than a language has in the news of a year


class Effects(dict[bytes, int]):
    """By word, as written in a flat text; learnt when a word is first asked for."""

    def __init__(self, cues: Cues, letters: str) -> None:
        """`letters`: by their byte."""
        super().__init__()
        self._cues, self._letters = cues, letters
        self._lists = _effects(cues)
        self.units: dict[bytes, str] = {}  # which kind of place a noun says

    def __missing__(self, word: bytes) -> int:
        does = self._learn(word)
        if len(self) < _KEPT:
            self[word] = does
        return does

    def _learn(self, word: bytes) -> int:
        read = codecs.charmap_decode(word, "strict", self._letters)[0]
        does = 0
        for effect, lists in self._lists:
            if any(read in listed for listed in lists):
                does |= effect
        if read.startswith(self._cues.first):
            does |= BEFORE_NAME | FIRST
        if read.endswith(self._cues.adjective_endings):
            does |= LISTED
        if read.endswith(self._cues.verb_endings) and read not in self._cues.nouns:
            does |= VERB | (PAST if read.endswith(self._cues.past_endings) else 0)
        unit = next((kind for kind, stems in self._cues.units.items() if read in stems), "")
        if unit:
            does |= UNIT
            self.units[word] = unit
        return does


def _effects(cues: Cues) -> tuple[tuple[int, tuple[Stems | frozenset[str], ...]], ...]:
    """What words of which lists do to their neighbours."""
    streets = (cues.street_before, cues.street_named)
    things = (cues.thing_before, cues.namesake, cues.works, cues.nicknames)
    games = (cues.sport_before, cues.clubs, cues.contests)
    persons = (cues.titles, cues.short_titles, cues.monument, cues.first_names)
    places = (cues.embankment, cues.water_before, cues.villages, cues.articles)
    languages = (cues.language_before, cues.lessons, cues.speak, cues.teach, cues.reflexive)
    kinds = (cues.adverb_before, cues.history, cues.dishes, cues.kinds, cues.mixes, cues.art, cues.next_to)
    along = (cues.street_along, cues.street_alone, cues.street_corner, cues.street_after)
    return (
        (BEFORE_NAME, (*streets, *things, *games, *places, *persons)),
        (BEFORE_ADJECTIVE, (*languages, *kinds)),
        (THING, (cues.street_after, cues.thing_after, cues.goods, cues.named_after, cues.states)),
        (BEARER, (cues.street_after, cues.thing_after)),
        (JOINT, (cues.joints,)),
        (REST, (cues.language_rest,)),
        (POST, (cues.person_before, cues.person_called, cues.post_rest, cues.said, cues.told)),
        (PAIRED, (cues.phrases.after,)),
        (LED, (cues.phrases.before,)),
        (DECLINED, (cues.posts,)),
        (SAID, (cues.said,)),
        (QUOTING, (cues.quoted_before, cues.wares)),
        (SPEAK, (cues.speak,)),
        (OF, (OF_WORDS,)),
        (CONTEST, (cues.contests, cues.history)),
        (ALONG, (cues.person_quoted, cues.family, *along)),
        (WORK, (cues.works,)),
        (STREET, (cues.street_after,)),
        (PLACED, (cues.place_before,)),
        (ON, (cues.water_on,)),
        (OVER, (cues.water_over,)),
        (INTO, (cues.language_into, cues.language_dative)),
        (LITTLE, (cues.little,)),
        (CROSSING, (cues.water_crossing,)),
        (GAME, (cues.sport_words,)),
    )
