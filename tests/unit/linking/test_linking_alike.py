"""Texts that say the same under two gazetteers get the same links from both, to the last digit."""

import random
from dataclasses import replace

import pytest

from monitor.core.shipped import config_dir
from monitor.linking.alike import Alike, alike
from monitor.linking.likeness import Samples
from monitor.linking.score import Linker
from monitor.linking.types import LinkInput
from monitor.linking.unchanged import unchanged_families
from monitor.linking.weights import load_link_model
from monitor.linking.wording import LinkWords
from monitor.register.types import Register
from tests.pointed import Pointed, press
from tests.registers import GAZETTEERS, Edit, dates_changed, with_rows


@pytest.fixture(scope="module")
def texts(register: Register) -> list[Pointed]:
    return press(register, 250, seed=13)


@pytest.fixture(scope="module")
def before(register: Register) -> Register:
    return with_rows(register, register.agreements)


def linker_of(register: Register, words: LinkWords, samples: Samples) -> Linker:
    return Linker(register, words, load_link_model(config_dir()), samples)


@pytest.fixture(scope="module")
def known(before: Register, link_words: LinkWords, samples: Samples) -> Linker:
    return linker_of(before, link_words, samples)


def given(one: Pointed) -> LinkInput:
    return LinkInput(one.title, one.text, "ru", None, one.region, one.mentions, one.topics)


def keeps(common: Alike, one: Pointed) -> bool:
    return common.keeps(one.mentions, one.mentions, one.region, (one.title, one.text))


@pytest.mark.parametrize("edit", GAZETTEERS, ids=lambda edit: edit.__name__)
def test_a_text_that_says_the_same_gets_the_same_links(
    edit: Edit, before: Register, known: Linker, texts: list[Pointed], link_words: LinkWords, samples: Samples
) -> None:
    after = edit(before, random.Random(2))
    linker = linker_of(after, link_words, samples)
    common = alike(before, after, (known.words_for, linker.words_for))
    assert common is not None
    unchanged = unchanged_families(before, after)
    assert common.around.isdisjoint(unchanged)
    assert len(common.around) > (len(after.families) - len(unchanged)) / 2
    same = [one for one in texts if keeps(common, one)]
    assert len(texts) / 4 < len(same) <= len(texts)
    assert [linker.link(given(one)) for one in same] == [known.link(given(one)) for one in same]


def test_a_text_in_which_anything_else_is_found_does_not_say_the_same(
    before: Register, known: Linker, texts: list[Pointed]
) -> None:
    common = alike(before, GAZETTEERS[1](before, random.Random(2)), (known.words_for, known.words_for))
    assert common is not None
    one = next(one for one in texts if keeps(common, one))
    other = replace(one.mentions[0], ambiguous=(*one.mentions[0].ambiguous, one.mentions[-1].place))
    assert not common.keeps((other, *one.mentions[1:]), one.mentions, one.region, ())
    assert not common.keeps(one.mentions, one.mentions[1:], one.region, ())
    at = next(iter(common.otherwise))
    named = (*one.mentions, replace(one.mentions[0], place=at))
    read_so = (*one.mentions, replace(one.mentions[0], ambiguous=(at,)))
    assert not any(common.keeps(found, found, one.region, ()) for found in (named, read_so))
    assert not common.keeps(one.mentions, one.mentions, at, ())


def test_nothing_is_alike_where_rows_or_bodies_differ_or_nothing_does(
    before: Register, known: Linker
) -> None:
    town = GAZETTEERS[0](before, random.Random(2))
    works = next(place for place in before.places.values() if place.kind == "company")
    named = {**town.places, works.id: replace(works, names={"ru": ("Завод",)})}
    words = (known.words_for, known.words_for)
    assert alike(before, town, words) is not None
    assert alike(before, before, words) is None
    assert alike(before, replace(town, places=named), words) is None
    assert alike(before, dates_changed(town, random.Random(2)), words) is None
