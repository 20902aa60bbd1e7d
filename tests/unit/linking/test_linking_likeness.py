"""How alike an article and a title are: what is common is taken off, what is missing counts nothing."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.core.errors import ModelError
from monitor.core.ids import AgreementId
from monitor.core.shipped import config_dir
from monitor.linking.likeness import (
    FILE,
    NO_CENTRE,
    NO_SAMPLES,
    Centre,
    Likeness,
    Samples,
    centre_of,
    load_samples,
    sample_key,
    sample_texts,
    save_samples,
)
from monitor.register.types import Register, Subject

ONE, OTHER, PLAIN = AgreementId("AGR-0157"), AgreementId("AGR-0123"), AgreementId("AGR-0118")
CENTRE = Centre("maker", np.zeros(2), np.zeros(2))


@pytest.fixture
def untold(register) -> Register:
    """The register as it was before anybody wrote what its agreements are about."""
    return replace(register, subjects={})


@pytest.fixture
def two_titles(untold) -> Samples:
    rows = {ONE: [1.0, 0.0], OTHER: [0.0, 1.0]}
    told = {sample_key(untold.agreements[a].title_ru): np.array(row, np.float32) for a, row in rows.items()}
    return Samples("maker", told)


def test_a_family_is_as_alike_as_its_most_alike_title(untold, two_titles):
    likeness = Likeness(untold, two_titles, CENTRE)
    article = {"maker": np.array([3.0, 4.0], np.float16)}
    found = likeness.of(article, [[ONE], [ONE, OTHER], [PLAIN]])
    assert found.tolist() == pytest.approx([0.6, 0.8, 0.0])


def test_where_stories_were_written_their_mean_counts_and_the_title_no_longer(untold, two_titles):
    stories = ("Могилёв принял гостей с Каспия.", "Школьники из Сумгаита пели на Днепре.")
    told = replace(untold, subjects={ONE: Subject((), (), (), stories)})
    rows = dict(zip(map(sample_key, stories), np.array([[1.0, 0.0], [0.6, 0.8]], np.float32), strict=True))
    likeness = Likeness(told, Samples("maker", {**two_titles.rows, **rows}), CENTRE)
    assert likeness.of({"maker": np.array([0.0, 2.0])}, [[ONE], [OTHER]]).tolist() == pytest.approx(
        [0.4, 1.0]
    )
    half = Likeness(told, Samples("maker", {sample_key(stories[1]): rows[sample_key(stories[1])]}), CENTRE)
    assert half.of({"maker": np.array([0.0, 2.0])}, [[ONE], [OTHER]]).tolist() == pytest.approx([0.8, 0.0])


def test_without_a_vector_of_the_same_maker_nothing_is_alike(untold, two_titles):
    likeness = Likeness(untold, two_titles, CENTRE)
    unknown = np.full(2, np.nan, np.float16)
    for vectors in ({}, {"another": np.ones(2)}, {"maker": unknown}):
        assert likeness.of(vectors, [[ONE], [OTHER]]).tolist() == [0.0, 0.0]
    assert Likeness(untold, NO_SAMPLES, CENTRE).of({"maker": np.ones(2)}, [[ONE]]).tolist() == [0.0]


def test_what_all_have_in_common_is_taken_off(untold, two_titles):
    common = Centre("maker", np.array([0.8, 0.0]), np.array([0.5, 0.5]))
    found = Likeness(untold, two_titles, common).of({"maker": np.array([0.8, 0.6])}, [[ONE], [OTHER]])
    assert found.tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5])


def test_a_centre_is_the_mean_of_unit_vectors_and_none_without_vectors():
    made = centre_of("maker", [np.array([2.0, 0.0]), np.array([0.0, 5.0])], [np.array([0.0, 1.0])])
    assert (made.article.tolist(), made.sample.tolist()) == ([0.5, 0.5], [0.0, 1.0])
    assert centre_of("maker", [], [np.array([0.0, 1.0])]) is NO_CENTRE


def test_kept_vectors_are_read_again_and_a_damaged_file_is_refused(two_titles, tmp_path):
    path = tmp_path / FILE
    assert load_samples(path) is NO_SAMPLES
    save_samples(path, two_titles)
    again = load_samples(path)
    assert (again.embedder, {k: v.tolist() for k, v in again.rows.items()}) == (
        "maker",
        {k: v.tolist() for k, v in two_titles.rows.items()},
    )
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelError, match=FILE):
        load_samples(path)


def test_every_sample_of_a_monitored_row_ships_with_its_vector(register):
    assert load_samples(config_dir() / FILE).missing(sample_texts(register)) == []
