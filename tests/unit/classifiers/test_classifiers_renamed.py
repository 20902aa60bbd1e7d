"""Labelled items follow a changed taxonomy."""

from classifiers.labelled import load_corpus, renamed
from classifiers.shipped import CORPUS


def test_items_of_a_split_topic_have_all_its_parts_and_the_main_one_stays_first() -> None:
    item = next(one for one in load_corpus(CORPUS) if len(one.topics) >= 2)
    first, second = item.topics[:2]
    (now,) = renamed([item], {first: ("new", "newer"), second: ("newer",)})
    assert now.topics == ("new", "newer", *item.topics[2:])
    assert renamed([item], {}) == [item]
