"""Ad hoc tagging: one answer a line, bad lines named, hostile texts answered."""

import json
from typing import Any

import pytest

from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.core.ledger import Reason
from monitor.linking.adhoc import Tagger
from monitor.linking.types import Evidence, Link, LinkInput, LinkResult, Mention
from tests.fakes import FakeClassifier


def find(title: str, text: str, lang: str, region: PlaceId | None) -> tuple[Mention, ...]:
    at = text.find("Могилев")
    return () if at < 0 else (Mention(PlaceId("by-city-mogilev"), "text", at, at + 7, "Могилев", "name"),)


def link(given: LinkInput) -> LinkResult:
    if not given.mentions:
        return LinkResult((), (), Reason.NO_PARTY_PAIR)
    evidence = tuple(Evidence(m.place, m.field, m.start, m.end, m.text) for m in given.mentions)
    family = FamilyId("AGR-0001")
    known = AgreementId("AGR-0007") if given.outlet_region else None
    return LinkResult((Link(family, known, 0.91234, "lead", "signing", evidence),), (), None)


TAGGER = Tagger(
    classifier=FakeClassifier(),
    find=find,
    link=link,
    name_features=lambda mentions: (0.0,) * 6,
    language=lambda title, text: "ru" if "ы" in text else "",
    region=lambda text: PlaceId("by-mogilev-region") if text == "Mogilev" else None,
)


def line(**changes: Any) -> bytes:
    row = {"id": "a", "title": "Т", "text": "ы gate=0.9 trade=0.8 culture=0.5 Могилев"}
    return json.dumps({**row, **changes}).encode()


def test_an_answer_has_tags_queue_parties_and_links_with_their_words() -> None:
    proof = {"place": "by-city-mogilev", "field": "text", "start": 33, "end": 40, "text": "Могилев"}
    assert list(TAGGER.answers([line(outlet_region="Mogilev")])) == [
        {
            "id": "a",
            "lang": "ru",
            "cooperation": {"p": 0.9, "label": True},
            "topics": [{"id": "trade", "p": 0.8}],
            "undecided": ["culture"],
            "parties": [proof],
            "links": [
                {
                    "agreement": "AGR-0007", "member": True, "p": 0.9123, "depth": "lead", "stage": "signing",
                    "evidence": [proof],
                }
            ],
            "reason": None,
        }
    ]  # fmt: skip


def test_a_family_is_named_by_its_first_agreement_where_no_word_separates_the_member() -> None:
    answer = next(TAGGER.answers([line()]))
    assert [(x["agreement"], x["member"]) for x in answer["links"]] == [("AGR-0001", False)]


def test_what_could_not_be_used_is_told_and_the_answer_given_without_it() -> None:
    said = next(TAGGER.answers([line(lang="русский", outlet_region="Atlantis")]))
    assert said["ignored"] == [
        "lang: 'русский' is no code of a language",
        "outlet_region: 'Atlantis' is no region that we know",
    ]
    assert {**said, "ignored": 0} == {**next(TAGGER.answers([line()])), "ignored": 0}


@pytest.mark.parametrize("lang", ["BE", "be-tarask", "be_BY"])
def test_a_language_may_be_spelt_as_locales_are(lang: str) -> None:
    answer = next(TAGGER.answers([line(lang=lang)]))
    assert (answer["lang"], "ignored" in answer) == ("be", False)


def test_where_a_person_must_decide_no_topic_is_published() -> None:
    answer = next(TAGGER.answers([line(text="ы gate=0.5 trade=0.8")]))
    assert answer["cooperation"]["label"] is None
    assert (answer["topics"], answer["undecided"]) == ([], ["trade"])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        (b"[1]", "not a JSON object"),
        (b'{"id": 5, "title": "", "text": ""}', "id must be a string"),
        (b'{"id": "a", "text": ""}', "title must be a string"),
        (line(lang=3), "lang must be a string"),
        (line(published="yesterday"), "Invalid isoformat string: 'yesterday'"),
        (
            b"[" * 100_000,
            "maximum recursion depth exceeded while decoding a JSON array from a unicode string",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_rest_goes_on(bad: bytes, reason: str) -> None:
    answers = list(TAGGER.answers([line(id="first"), b"  \n", bad, line(id="last")]))
    assert answers[1] == {"id": None, "line": 3, "reason": reason}
    assert [answers[0]["id"], answers[2]["id"]] == ["first", "last"]


@pytest.mark.parametrize(
    ("text", "reason"), [("", "no_text"), ("123 🙂", "no_text"), ("zzz", "language_not_read")]
)
def test_no_answer_without_words_or_with_an_unknown_language(text: str, reason: str) -> None:
    answer = next(TAGGER.answers([line(title="", text=text)]))
    assert (answer["reason"], answer["cooperation"]) == (reason, {"p": None, "label": None})


def test_half_surrogates_keep_offsets_and_can_be_written_out() -> None:
    raw = {"id": "a", "title": "", "text": "\ud83dы gate=0.9 Могилев"}
    answer = next(TAGGER.answers([json.dumps(raw).encode()]))
    assert [(p["start"], p["end"]) for p in answer["parties"]] == [(12, 19)]
    json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize("change", [{"id": "\ud83d"}, {"id": "a\n"}, {"lang": "\ud83d"}])
def test_what_cannot_be_shown_comes_into_no_answer(change: dict[str, str]) -> None:
    answer = next(TAGGER.answers([line(**change)]))
    assert answer["id"] == (None if "id" in change else "a")
    json.dumps(answer, ensure_ascii=False).encode()


def test_answers_keep_the_order_of_many_lines() -> None:
    ids = [str(n) for n in range(150)]
    assert [a["id"] for a in TAGGER.answers(line(id=i) for i in ids)] == ids
