"""Articles that stand beside the corpus for a look: their labels hold, no model has learnt them."""

from collections import Counter
from pathlib import Path

import pytest

from classifiers.labelled import LabelledItem, load_corpus, paragraph_keys
from classifiers.shipped import CORPUS, load_added
from monitor.core.ids import AgreementId
from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from monitor.register.types import Register

HERE = Path(__file__).parent
FOR_LINKS, FOR_TOPICS = HERE / "links_dev.jsonl", HERE / "topics_apart.jsonl"


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(config_dir())


def _labelled(items: list[LabelledItem]) -> set[AgreementId]:
    return {AgreementId(a) for item in items for a in item.agreements}


def test_every_link_is_to_a_family_that_a_link_can_have(register: Register) -> None:
    items, family_of = load_corpus(FOR_LINKS), register.family_of
    assert _labelled(items) - set(family_of) == set()
    covered = [len({family_of[AgreementId(a)] for a in item.agreements}) for item in items]
    several = sum(n > 1 for n in covered)
    # as links_dev.md says
    assert (several, covered.count(1), covered.count(0), sum(covered)) == (70, 35, 17, 237)


def test_every_topic_is_told_of_often_enough_to_be_looked_at(register: Register) -> None:
    items = load_corpus(FOR_TOPICS)
    assert _labelled(items) - set(register.family_of) == set()
    told = Counter(topic for item in items if item.cooperation for topic in item.topics)
    assert set(told) == set(register.topics)
    # as topics_apart.md says
    assert (len(items), sum(item.cooperation for item in items), min(told.values())) == (160, 80, 4)


@pytest.mark.parametrize("path", [FOR_LINKS, FOR_TOPICS], ids=["links", "topics"])
def test_no_model_has_learnt_a_passage_of_them(path: Path) -> None:
    learnt = {key for item in [*load_corpus(CORPUS), *load_added()] for key in paragraph_keys(item.text)}
    items = load_corpus(path)
    assert [item.id for item in items if not learnt.isdisjoint(paragraph_keys(item.text))] == []
