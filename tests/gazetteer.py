"""A small part of the shipped gazetteer with its forms, made in half a second, for tests of names."""

from functools import cache
from pathlib import Path

from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.linking.cues import load_cues
from monitor.linking.mentions import Finder
from monitor.register.formtable import FormTable
from monitor.register.load import load_register
from monitor.register.names import NameForm
from monitor.register.nametable import make_forms
from monitor.register.types import Place

# Everything the tests of this folder speak of; parents are added.
_IDS = [
    "country-by",
    "country-ru",
    "country-fr",
    "country-kz",
    "country-cn",
    "country-us",
    "country-ua",
    "country-zw",
    "country-pl",
    "country-ge",
    "union-eaeu",
    "by-mogilev-region",
    "by-minsk-region",
    "by-vitebsk-region",
    "by-grodno-region",
    "by-brest-region",
    "by-district-shklov",
    "by-district-polotsk",
    "by-district-vitebsk",
    "by-district-brest",
    "by-district-minsk",
    "by-city-shklov",
    "by-city-minsk",
    "by-city-mir",
    "by-city-lida",
    "by-city-brest",
    "by-city-baranovichi",
    "by-city-glubokoye",
    "by-city-polotsk",
    "by-city-vitebsk",
    "by-city-mogilev",
    "by-city-grodno",
    "by-city-maryina-gorka",
    "by-city-volozhin",
    "by-city-orsha",
    "by-city-ivanovo",
    "by-citydistrict-minsk-leninsky",
    "by-citydistrict-grodno-leninsky",
    "ru-pskov-region",
    "ru-city-pskov",
    "ru-district-pskov",
    "ru-city-rostov-on-don",
    "ru-rostov-region",
    "ru-city-velikiye-luki",
    "ru-city-vladimir",
    "ru-city-pushkin",
    "ru-tatarstan",
    "ru-city-kazan",
    "ru-bashkortostan",
    "ru-tula-region",
    "ru-novosibirsk-region",
    "org-ru-government-of-novosibirsk-region",
    "fr-city-brest",
    "pl-city-bialystok",
    "pl-city-biala-podlaska",
    "cn-hunan",
    "kz-city-ust-kamenogorsk",
    "ge-city-batumi",
    "org-by-mtz",
    "org-by-belaz",
    "org-by-maz",
    "org-by-gomselmash",
    "org-by-amkodor",
    "org-by-horizont",
    "org-by-grsu",
    "org-by-gsu",
    "org-by-belgee",
    "org-mtrk-mir",
    "org-by-8-march-gomel-knitwear",
    "org-by-ministry-of-education-of-belarus",
    "org-by-nasb",
    "org-by-mogilev-regional-executive-committee",
    "by-zone-fez-grodnoinvest",
    "kz-akmola-region",
    "lt-city-vilnius",
    "ru-city-kirov",
    "by-city-svisloch",
    "by-city-nesvizh",
    "by-district-oktyabrsky",
    "by-district-svetlogorsk",
    "by-city-oktyabrsky",
    "by-citydistrict-minsk-moskovsky",
    "by-citydistrict-minsk-partizansky",
    "ru-city-moscow",
    "by-zone-fez-mogilev",
    "org-at-hs-timber-group",
    "pl-city-katowice",
    "pl-city-wroclaw",
    "fr-city-lyon",
    "de-city-bonn",
    "ge-city-tbilisi",
    "ru-city-gagarin",
    "ru-city-oryol",
    "ru-primorsky-territory",
    "ua-city-liubeshiv",
    "region-euroregion-bug",
    "lv-city-riga",
    "id-west-java",
    "ua-city-dnipro",
    "ua-city-lutsk",
    "ua-rivne-region",
    "de-city-berlin",
    "de-city-essen",
    "by-city-berezino",
    "org-by-grodno-azot",
    "org-by-savushkin-product",
    "org-by-borisov-plant-of-medicines",
    "org-by-neman-glassworks",
    "org-by-bsu",
    "ru-city-salavat",
    "ru-city-ufa",
    "country-lt",
    "country-gb",
    "by-district-lida",
]


@cache
def places() -> dict[PlaceId, Place]:
    """The chosen places and their parents."""
    everything = load_register(config_dir()).places
    found: dict[PlaceId, Place] = {}
    for name in _IDS:
        place: PlaceId | None = PlaceId(name)
        while place is not None and place not in found:
            found[place] = everything[place]
            place = everything[place].parent
    return found


@cache
def all_forms() -> tuple[NameForm, ...]:
    """All forms of the chosen places."""
    return make_forms(places().values(), config_dir())


def forms_of(place: str) -> tuple[NameForm, ...]:
    """All forms of one place."""
    return tuple(form for form in all_forms() if form.place == place)


@cache
def finder() -> Finder:
    """A finder over the chosen places."""
    return Finder(places(), FormTable.of(all_forms()), load_cues(config_dir()))


def words_found(find: Finder, text: str, lang: str = "") -> list[str]:
    """The names that are found in a text, as they are written there."""
    return [mention.text for mention in find.find("", text, lang=lang)]


def config_copy(folder: Path) -> Path:
    """A copy of the shipped language tables that a test may spoil."""
    target = folder / "languages"
    target.mkdir(parents=True)
    for path in (config_dir() / "languages").glob("*.toml"):
        (target / path.name).write_bytes(path.read_bytes())
    return folder
