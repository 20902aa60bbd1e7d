"""Words of queries meet words of texts in other forms; what is another word does not meet them."""

import tomllib
from pathlib import Path

import pytest

from monitor.articles.lemmas import Lemmas, load_endings
from monitor.articles.search_words import document, read_question
from monitor.core.shipped import config_dir
from monitor.wiring.searching import russian

CASES = tomllib.loads((Path(__file__).parent / "search_forms.toml").read_text("utf-8"))["text"]


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    tables, mark = load_endings(config_dir() / "stems.toml")
    return Lemmas(tables, russian(), mark)


def finds(lemmas: Lemmas, query: str, held: list[str]) -> bool:
    """As a database does it: all clauses stand in the row of words."""
    row = f" {' '.join(held)} "
    question = read_question(query, lemmas)
    assert question.clauses, query
    return all(any(f" {' '.join(s)} " in row for s in clause.sequences) for clause in question.clauses)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']} {case['text'][:20]}")
def test_queries_find_texts_in_other_forms(lemmas: Lemmas, case: dict[str, object]) -> None:
    held = document(lemmas, "", str(case["text"]), str(case["lang"]), ()).split()
    wanted, unwanted = list(case["finds"]), list(case["misses"])  # type: ignore[call-overload]
    assert [query for query in wanted if not finds(lemmas, query, held)] == []
    assert [query for query in unwanted if finds(lemmas, query, held)] == []
