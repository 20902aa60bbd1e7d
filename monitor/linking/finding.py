"""All that finding names depends on, as one fingerprint: gazetteer, forms, words around names, the code."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from monitor.core.db import canonical_json
from monitor.core.ids import PlaceId
from monitor.core.wordlists import read_words
from monitor.linking.found import FoundNames
from monitor.register.nametable import forms_version
from monitor.register.types import Place

# a rule that changes finds other names: the files that mentions.Finder is made of, beside those of the forms
_CODE = (
    "adjectives.py", "atlas.py", "automaton.py", "beside.py", "cues.py", "effects.py", "firm.py", "flat.py",
    "hits.py", "homonyms.py", "kinds.py", "lanes.py", "languages.py", "mentions.py", "namesakes.py",
    "nouns.py", "persons.py", "plain.py", "plan.py", "rows.py",
)  # fmt: skip


def found_names(places: Mapping[PlaceId, Place], config: Path) -> FoundNames:
    """Packs what the finder of these places and of the word lists in `config` finds.

    No agreement, family, weight or topic changes it. Errors: OSError, ValueError for word lists that cannot
    be read.
    """
    return FoundNames(_fingerprint(places.values(), config), places)


def _fingerprint(places: Iterable[Place], config: Path) -> str:
    listed = sorted(places, key=lambda place: place.id)
    made = hashlib.sha256(forms_version(listed, config).encode())
    for place in listed:  # what is around a place settles homonyms
        made.update(repr((place.id, place.country, place.parent)).encode())
    made.update(canonical_json(read_words(config, "languages/context.toml")).encode())
    for name in _CODE:
        made.update((Path(__file__).parent / name).read_bytes())
    return made.hexdigest()[:16]
