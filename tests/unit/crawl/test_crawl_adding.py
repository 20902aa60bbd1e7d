"""One new source beside the others: the row as text, and files that are never written over or half."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.errors import InputError
from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.crawl.adding import NewSource, add_source, proposed_id, source_row
from monitor.crawl.sources import load_sources
from monitor.register.load import load_register
from monitor.register.types import Place

NEW = NewSource(
    url="https://front.example/feed/", feed_kind="rss", id="by-front", name='Ударны "фронт" \\ № 1',
    name_en="Front", kind="district_paper", country="BY", region="by-mogilev-region", languages=("be", "ru"),
    site="https://front.example/", zone="Europe/Minsk", show="full",
)  # fmt: skip
OLD = b"""# what people wrote here stays

[[source]]   # the oldest
id = "by-old"
name = "Old"
name_en = "Old"
kind = "city_paper"
country = "BY"
region = "by-mogilev-region"
languages = ["ru"]
site = "https://old.example/"
zone = "Europe/Minsk"
show = "full"
enabled = true

[[source.feed]]
url = "https://old.example/feed/"
kind = "rss"   # no new line at the end of this file"""


@pytest.fixture(scope="module")
def places() -> Mapping[PlaceId, Place]:
    return load_register(config_dir()).places


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "by.toml").write_bytes(OLD)
    return tmp_path


def test_a_row_says_all_that_was_answered_and_nothing_else() -> None:
    (row,) = tomllib.loads(source_row(NEW))["source"]
    assert row == {
        "id": "by-front", "name": 'Ударны "фронт" \\ № 1', "name_en": "Front", "kind": "district_paper",
        "country": "BY", "region": "by-mogilev-region", "languages": ["be", "ru"],
        "site": "https://front.example/", "zone": "Europe/Minsk", "show": "full", "enabled": True,
        "feed": [{"url": "https://front.example/feed/", "kind": "rss", "evidence": "unknown"}],
    }  # fmt: skip
    rules = {"item": 'li[class="n"]', "link": "a"}
    more = replace(NEW, district="by-district-shklov", why_not="later", notes="n", rules=rules)
    (row,) = tomllib.loads(source_row(more))["source"]
    told = (row["district"], row["why_not"], row["notes"], row["enabled"], row["feed"][0]["rules"])
    assert told == ("by-district-shklov", "later", "n", False, rules)


def test_a_source_is_added_behind_the_others(folder: Path, places: Mapping[PlaceId, Place]) -> None:
    assert add_source(folder, places, NEW, dry_run=False) == folder / "by.toml"
    assert (folder / "by.toml").read_bytes().startswith(OLD + b"\n\n[[source]]\n")
    assert [source.id for source in load_sources(folder, places)] == ["by-old", "by-front"]
    assert [path.name for path in folder.iterdir()] == ["by.toml"]


def test_a_country_without_a_file_gets_one(folder: Path, places: Mapping[PlaceId, Place]) -> None:
    abroad = replace(NEW, id="ru-front", country="RU", region="ru-pskov-region", zone="Europe/Moscow")
    add_source(folder, places, abroad, dry_run=False)
    assert (
        (folder / "ru.toml").read_text("utf-8").startswith("# Sources of RU, see docs/adding/source.md\n\n[[")
    )
    assert (folder / "by.toml").read_bytes() == OLD


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": "by-old"}, "id 'by-old' stands already at"),
        ({"url": "https://old.example/feed/"}, "feed address 'https://old.example/feed/' stands already at"),
        ({"id": "By Front"}, "is not lower-case words"),
        ({"kind": "tabloid"}, "kind 'tabloid' is not one of"),
        ({"languages": ()}, "languages is empty"),
        ({"languages": ("belarusian",)}, "is not a two-letter code"),
        ({"region": "ru-pskov-region"}, "lies in RU, not in BY"),
        ({"district": "by-district-orsha"}, "does not lie in"),
        ({"zone": "Minsk"}, "is no IANA time zone"),
        ({"show": "never"}, "show 'never' is not one of"),
        ({"url": "ftp://front.example/"}, "is not a http or https address"),
        ({"url": "https://me:pw@front.example/"}, "must not carry a user name"),
        ({"name": "\u202eFront"}, "control character"),
        ({"country": "../../B"}, "is not ISO alpha-2"),
    ],
)
def test_a_bad_row_is_refused_and_the_folder_stays_as_it_is(
    folder: Path, places: Mapping[PlaceId, Place], changes: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        add_source(folder, places, replace(NEW, **changes), dry_run=False)  # type: ignore[arg-type]
    assert "monitor-sources-" not in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"by.toml": OLD}


def test_a_folder_that_does_not_load_is_mended_first(folder: Path, places: Mapping[PlaceId, Place]) -> None:
    (folder / "by.toml").write_bytes(OLD.replace(b'kind = "city_paper"', b'kind = "weekly"'))
    with pytest.raises(InputError, match="kind 'weekly' is not one of"):
        add_source(folder, places, NEW, dry_run=False)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.shklovinfo.by/feed/", "by-shklovinfo"),
        ("https://news.mogilev-region.gov.by/rss", "by-news-mogilev-region-gov"),
        ("https://t.me/s/paper", "by-t"),
    ],
)
def test_an_id_is_proposed_from_country_and_host(url: str, wanted: str) -> None:
    assert proposed_id(url, "BY") == wanted
