"""The shipped sources load clean; one broken table refuses everything, with file, line and reason."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.articles.selectors import PageSelectors
from monitor.core.errors import InputError
from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.crawl.sources import Restricted, load_restricted, load_sources
from monitor.crawl.types import FeedSpec, Source
from monitor.register.load import load_register
from monitor.register.types import Place

GOOD = """[[source]]
id = "shklov-front"
name = "Ударны фронт"
name_en = "Udarny Front"
kind = "district_paper"
country = "BY"
region = "by-mogilev-region"
district = "by-district-shklov"
languages = ["be", "ru"]
site = "https://example.by/"
zone = "Europe/Minsk"
show = "full"
enabled = true
notes = "n"

[[source.feed]]
url = "https://example.by/feed/"
kind = "rss"
evidence = "conventional-path"
"""


@pytest.fixture(scope="module")
def places() -> Mapping[PlaceId, Place]:
    return load_register(config_dir()).places


@pytest.fixture(scope="module")
def shipped(places: Mapping[PlaceId, Place]) -> tuple[Source, ...]:
    return load_sources(config_dir() / "sources", places)


def refused(folder: Path, places: Mapping[PlaceId, Place], **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_sources(folder, places)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_all_shipped_sources_are_there_and_none_is_silent(shipped: tuple[Source, ...]) -> None:
    reasons = Counter(source.why_not for source in shipped if not source.enabled)
    assert (len(shipped), sum(source.enabled for source in shipped)) == (319, 184)
    assert reasons["no address found"] == 29
    assert reasons["no feed address yet; needs discovery or a list rule"] == 97
    assert "" not in reasons


def test_every_district_of_belarus_has_its_paper(shipped: tuple[Source, ...]) -> None:
    papers = [source.district for source in shipped if source.kind == "district_paper"]
    assert (len(papers), len(set(papers)), None in papers) == (118, 118, False)


def test_dates_without_a_zone_are_read_in_the_zone_of_the_outlet(shipped: tuple[Source, ...]) -> None:
    zones = {source.region: source.zone for source in shipped}
    expected = {
        "by-mogilev-region": "Europe/Minsk",
        "ru-pskov-region": "Europe/Moscow",
        "ru-kaliningrad-region": "Europe/Kaliningrad",
        "ru-tatarstan": "Europe/Moscow",
        "ru-bashkortostan": "Asia/Yekaterinburg",
        "country-cn": "Asia/Shanghai",
    }
    assert {region: zones[region] for region in expected} == expected
    assert all(ZoneInfo(zone) for zone in zones.values())


def test_a_host_in_punycode_is_kept_as_it_is(shipped: tuple[Source, ...]) -> None:
    [source] = [source for source in shipped if "xn--p1ai" in source.site]
    assert [feed.url for feed in source.feeds] == ["https://xn----7sbalrggkc2ahebxflf9rzb.xn--p1ai/feed/"]


def test_exile_media_are_shown_as_numbers_only(shipped: tuple[Source, ...]) -> None:
    assert [source.show for source in shipped if source.id == "racyja-com"] == ["count_only"]


def test_every_key_of_a_source_arrives(tmp_path: Path, places: Mapping[PlaceId, Place]) -> None:
    rules = '\n[[source.feed]]\nurl = "https://газета.бел/news?a=1"\nkind = "html_list"\n'
    rules += '[source.feed.rules]\nitem = ".news"\nlink = "a"\ndate = ".date"\n'
    (tmp_path / "by.toml").write_text(GOOD + rules, encoding="utf-8")
    assert load_sources(tmp_path, places) == (
        Source(
            id="shklov-front",
            name="Ударны фронт",
            name_en="Udarny Front",
            kind="district_paper",
            country="BY",
            region="by-mogilev-region",
            district="by-district-shklov",
            languages=("be", "ru"),
            site="https://example.by/",
            feeds=(
                FeedSpec("https://example.by/feed/", "rss", "conventional-path"),
                FeedSpec(
                    "https://газета.бел/news?a=1",
                    "html_list",
                    "unknown",
                    {"item": ".news", "link": "a", "date": ".date"},
                ),
            ),
            zone="Europe/Minsk",
            show="full",
            enabled=True,
            why_not="",
            notes="n",
        ),
    )


FEED = "https://example.by/feed/"
BAD = [
    ('name = "Ударны фронт"', "", "key 'name' is missing"),
    ("notes =", "note =", "key 'note' is unknown"),
    ('"shklov-front"', '"Shklov Front"', "id 'Shklov Front' is not lower-case words joined by hyphens"),
    ('"BY"', '"RU"', "region 'by-mogilev-region' lies in BY, not in RU"),
    ("by-mogilev-region", "by-mogilew-region", "region 'by-mogilew-region' is not in the gazetteer"),
    ("by-mogilev-region", "org-by-mtz", "region 'org-by-mtz' is a company, not a place on the map"),
    ("by-district-shklov", "by-district-lida",
     "district 'by-district-lida' does not lie in 'by-mogilev-region'"),
    ('["be", "ru"]', '["bel"]', "languages: 'bel' is not a two-letter code"),
    ('["be", "ru"]', "[]", "languages is empty"),
    ('["be", "ru"]', '"be"', "languages must be a list, not a string"),
    ("Europe/Minsk", "Europe/Mogilev", "zone 'Europe/Mogilev' is no IANA time zone such as Europe/Minsk"),
    ("Europe/Minsk", "../../etc/passwd", "zone '../../etc/passwd' is no IANA time zone such as Europe/Minsk"),
    ('"full"', '"all"', "show 'all' is not one of full, title, count_only"),
    ("enabled = true", 'enabled = "yes"', "enabled must be true or false, not a string"),
    ("enabled = true", "enabled = false", "why_not must be given when it is not enabled, and only then"),
    ("enabled = true", 'enabled = true\nwhy_not = "dead"',
     "why_not must be given when it is not enabled, and only then"),
    (FEED, "ftp://a.by/", "feed[1]: url 'ftp://a.by/' is not a http or https address"),
    (FEED, "https:///feed", "feed[1]: url 'https:///feed' is not a http or https address"),
    (FEED, "https://u:p@example.by/",
     "feed[1]: url must not carry a user name or password"),
    (FEED, "https://example.by/a b", "feed[1]: url 'https://example.by/a b' holds a space"),
    (FEED, "https://[::1", "feed[1]: url 'https://[::1' is not an address: Invalid IPv6 URL"),
    (FEED, "https://example.by:99999/",
     "feed[1]: url 'https://example.by:99999/' is not an address: Port out of range 0-65535"),
    ('kind = "rss"', 'kind = "atom"',
     "feed[1]: kind 'atom' is not one of rss, json, sitemap, html_list, telegram"),
    ('kind = "rss"', 'kind = "rss"\nrules = { item = "a", link = "a" }',
     "feed[1]: rules are for html_list and telegram, not rss"),
    ('kind = "rss"', 'kind = "html_list"\nrules = { item = "a" }', "feed[1]: rules: key 'link' is missing"),
    ('"conventional-path"', '"guess"',
     "feed[1]: evidence 'guess' is not one of seen-in-public-copy, conventional-path, unknown, probed"),
    (GOOD[GOOD.index("[[source.feed]]"):], "", "enabled without a feed: nothing could be polled"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason"), BAD, ids=[f"{n} {bad[2]}" for n, bad in enumerate(BAD)])
def test_a_bad_source_is_refused_with_line_and_reason(
    tmp_path: Path, places: Mapping[PlaceId, Place], old: str, new: str, reason: str
) -> None:
    assert old in GOOD
    problems = refused(tmp_path, places, by="# comment\n\n" + GOOD.replace(old, new, 1))
    own = "Shklov Front" if "Shklov Front" in new else "shklov-front"
    assert problems == [f"by.toml:3: source {own!r}: {reason}"]


def test_an_unknown_kind_of_source_is_refused(tmp_path: Path, places: Mapping[PlaceId, Place]) -> None:
    [problem] = refused(tmp_path, places, by=GOOD.replace("district_paper", "blog"))
    assert problem.startswith("by.toml:1: source 'shklov-front': kind 'blog' is not one of national_agency,")


def test_the_same_id_and_address_in_another_file_are_refused(
    tmp_path: Path, places: Mapping[PlaceId, Place]
) -> None:
    problems = refused(tmp_path, places, by=GOOD, zz="\n" + GOOD)
    first = tmp_path / "by.toml:1"
    label = "zz.toml:2: source 'shklov-front': "
    assert problems == [
        f"{label}id 'shklov-front' stands already at {first}",
        f"{label}feed address 'https://example.by/feed/' stands already at {first}",
    ]


def test_broken_toml_is_told_with_its_line_beside_the_problems_of_other_files(
    tmp_path: Path, places: Mapping[PlaceId, Place]
) -> None:
    problems = refused(tmp_path, places, by=GOOD.replace('"BY"', '"By"'), ru="[[source]]\nid = \n")
    assert problems[0] == "ru.toml:2: not TOML: Invalid value (at line 2, column 6)"
    assert problems[1] == "by.toml:1: source 'shklov-front': country 'By' is not ISO alpha-2"


def test_a_folder_without_sources_is_refused(tmp_path: Path, places: Mapping[PlaceId, Place]) -> None:
    with pytest.raises(InputError, match=r"holds no \.toml file"):
        load_sources(tmp_path / "none", places)


def restricted(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_restricted(path)
    return [problem.reason for problem in caught.value.problems]


def test_the_shipped_list_of_restricted_outlets_states_no_legal_fact() -> None:
    assert load_restricted(config_dir() / "restricted.toml") == ()


def test_a_restricted_host_is_kept_in_lower_case_and_punycode(tmp_path: Path) -> None:
    path = tmp_path / "restricted.toml"
    row = '[[restricted]]\n{} = "{}"\nsince = 2023-05-17\nwhy = "list of the ministry"\n'
    path.write_text(row.format("host", "Россия.БЕЛ") + row.format("channel", "@gazeta"), encoding="utf-8")
    day = date(2023, 5, 17)
    assert load_restricted(path) == (
        Restricted("xn--h1alffa9f.xn--90ais", "", "", day, "list of the ministry"),
        Restricted("", "", "@gazeta", day, "list of the ministry"),
    )


def test_a_bad_restricted_outlet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "restricted.toml"
    both = '[[restricted]]\nhost = "a.by"\ntitle = "A"\nsince = "2023"\nwhy = ""\n'
    assert restricted(path, both) == [
        "exactly one of host, title and channel is needed",
        "since must be a date such as 2023-05-17, without quotation marks",
        "why is empty",
    ]


def test_a_lost_list_of_restricted_outlets_is_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_restricted(tmp_path / "restricted.toml")


def test_rules_for_pages_are_read_and_bad_ones_refused(
    tmp_path: Path, places: Mapping[PlaceId, Place]
) -> None:
    good = GOOD + '[source.page]\ntext = "div.story"\ndrop = ["div.ad", ".share"]\ndate = ".date"\n'
    (tmp_path / "by.toml").write_text(good, encoding="utf-8")
    assert load_sources(tmp_path, places)[0].page == PageSelectors(
        text="div.story", drop=("div.ad", ".share"), date=".date"
    )
    found = refused(tmp_path, places, by=GOOD + '[source.page]\ntext = "div..story"\nlead = "p"\n')
    assert [line.split(": ", 1)[1][:60] for line in found] == [
        "source 'shklov-front': page: key 'lead' is unknown",
        "source 'shklov-front': page: text 'div..story' is no CSS sel",
    ]
