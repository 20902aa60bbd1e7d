"""How alike an article and a title are: what is common is taken off, what is missing counts nothing."""

import numpy as np
import pytest

from monitor.core.errors import ModelError
from monitor.core.ids import AgreementId
from monitor.core.shipped import config_dir
from monitor.linking.likeness import (
    FILE,
    NO_CENTRE,
    NO_TITLES,
    Centre,
    Likeness,
    Titles,
    centre_of,
    load_titles,
    monitored_titles,
    save_titles,
    title_key,
)

ONE, OTHER, PLAIN = AgreementId("AGR-0157"), AgreementId("AGR-0123"), AgreementId("AGR-0118")
CENTRE = Centre("maker", np.zeros(2), np.zeros(2))


@pytest.fixture
def two_titles(register) -> Titles:
    rows = {ONE: [1.0, 0.0], OTHER: [0.0, 1.0]}
    told = {title_key(register.agreements[a].title_ru): np.array(row, np.float32) for a, row in rows.items()}
    return Titles("maker", told)


def test_a_family_is_as_alike_as_its_most_alike_title(register, two_titles):
    likeness = Likeness(register, two_titles, CENTRE)
    article = {"maker": np.array([3.0, 4.0], np.float16)}
    found = likeness.of(article, [[ONE], [ONE, OTHER], [PLAIN]])
    assert found.tolist() == pytest.approx([0.6, 0.8, 0.0])


def test_without_a_vector_of_the_same_maker_nothing_is_alike(register, two_titles):
    likeness = Likeness(register, two_titles, CENTRE)
    unknown = np.full(2, np.nan, np.float16)
    for vectors in ({}, {"another": np.ones(2)}, {"maker": unknown}):
        assert likeness.of(vectors, [[ONE], [OTHER]]).tolist() == [0.0, 0.0]
    assert Likeness(register, NO_TITLES, CENTRE).of({"maker": np.ones(2)}, [[ONE]]).tolist() == [0.0]


def test_what_all_have_in_common_is_taken_off(register, two_titles):
    common = Centre("maker", np.array([0.8, 0.0]), np.array([0.5, 0.5]))
    found = Likeness(register, two_titles, common).of({"maker": np.array([0.8, 0.6])}, [[ONE], [OTHER]])
    assert found.tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5])


def test_a_centre_is_the_mean_of_unit_vectors_and_none_without_vectors():
    made = centre_of("maker", [np.array([2.0, 0.0]), np.array([0.0, 5.0])], [np.array([0.0, 1.0])])
    assert (made.article.tolist(), made.title.tolist()) == ([0.5, 0.5], [0.0, 1.0])
    assert centre_of("maker", [], [np.array([0.0, 1.0])]) is NO_CENTRE


def test_kept_vectors_are_read_again_and_a_damaged_file_is_refused(two_titles, tmp_path):
    path = tmp_path / FILE
    assert load_titles(path) is NO_TITLES
    save_titles(path, two_titles)
    again = load_titles(path)
    assert (again.embedder, {k: v.tolist() for k, v in again.rows.items()}) == (
        "maker",
        {k: v.tolist() for k, v in two_titles.rows.items()},
    )
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelError, match=FILE):
        load_titles(path)


def test_every_monitored_title_ships_with_its_vector(register):
    assert load_titles(config_dir() / FILE).missing(monitored_titles(register)) == []
