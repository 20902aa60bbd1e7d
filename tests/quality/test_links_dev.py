"""Articles that linking is looked at with beside the corpus: their labels hold, no model has learnt them."""

from pathlib import Path

import pytest

from classifiers.labelled import LabelledItem, load_corpus, paragraph_keys
from classifiers.shipped import CORPUS, load_added
from monitor.core.ids import AgreementId
from monitor.core.shipped import config_dir
from monitor.register.load import load_register

DEV = Path(__file__).parent / "links_dev.jsonl"


@pytest.fixture(scope="module")
def items() -> list[LabelledItem]:
    return load_corpus(DEV)


def test_every_label_is_a_family_that_a_link_can_have(items):
    family_of = load_register(config_dir()).family_of
    unknown = {(item.id, a) for item in items for a in item.agreements if AgreementId(a) not in family_of}
    assert unknown == set()
    covered = [len({family_of[AgreementId(a)] for a in item.agreements}) for item in items]
    several = sum(n > 1 for n in covered)
    # as links_dev.md says
    assert (several, covered.count(1), covered.count(0), sum(covered)) == (70, 35, 17, 237)


def test_no_model_has_learnt_a_passage_of_them(items):
    learnt = {key for item in [*load_corpus(CORPUS), *load_added()] for key in paragraph_keys(item.text)}
    assert [item.id for item in items if not learnt.isdisjoint(paragraph_keys(item.text))] == []
