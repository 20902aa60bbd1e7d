"""A token lets one subscriber do one thing until a day; nobody else can make or change one."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.ids import FamilyId
from monitor.reports.tokens import (
    ANSWERS,
    Action,
    Pass,
    Signer,
    TokenError,
    answer_links,
    expiry,
    parse_row_subject,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
SIGNER = Signer(b"k" * 32)


def refused(token: str, *, now: datetime = NOW, signer: Signer = SIGNER) -> str:
    with pytest.raises(TokenError) as caught:
        signer.read(token, now=now)
    return caught.value.reason


@pytest.mark.parametrize("action", list(Action))
def test_what_was_signed_is_read_back(action: Action) -> None:
    token = SIGNER.sign(action, 17, "AGR-0001~2026-W47-by-mogilev-region-ru", LATER)
    assert SIGNER.read(token, now=NOW) == Pass(action, 17, "AGR-0001~2026-W47-by-mogilev-region-ru", LATER)
    assert SIGNER.sign(action, 17, "AGR-0001~2026-W47-by-mogilev-region-ru", LATER) == token


def test_a_token_ends_with_its_thirtieth_day() -> None:
    token = SIGNER.sign(Action.WRONG, 1, "", expiry(date(2026, 11, 22)))
    last = datetime(2026, 12, 22, 20, 59, 59, tzinfo=UTC)
    assert SIGNER.read(token, now=last).subscriber == 1
    assert refused(token, now=last + timedelta(seconds=1)) == "expired"


def test_every_changed_letter_makes_a_token_foreign() -> None:
    token = SIGNER.sign(Action.WRONG, 17, "AGR-0001~x", LATER)
    for at, letter in enumerate(token):
        for other in ("0", "Z", ".", "é"):
            if other != letter:
                assert refused(token[:at] + other + token[at + 1 :]) == "foreign"


def test_a_token_of_another_key_is_foreign() -> None:
    token = SIGNER.sign(Action.LEAVE, 17, "x", LATER)
    assert refused(token, signer=Signer(b"other key of thirty-two letters!")) == "foreign"


@pytest.mark.parametrize(
    "text",
    ["", ".", "....", "wrong.1.1", "wrong.01.1..aaaaaaaaaaaaaaaaaaaaaa", "a" * 10_000, "\x00", "wrong.1.9\n",
     "wrong.١.1..aaaaaaaaaaaaaaaaaaaaaa", "nothing.1.99999999999..aaaaaaaaaaaaaaaaaaaaaa"],
)  # fmt: skip
def test_what_is_no_token_is_foreign(text: str) -> None:
    assert refused(text) == "foreign"


@pytest.mark.parametrize("subject", ["a.b", "a/b", "a b", "a\nb", "ы", "a" * 201])
def test_an_odd_subject_is_not_signed(subject: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        SIGNER.sign(Action.WRONG, 1, subject, LATER)


def test_a_short_key_is_refused_and_a_key_is_never_printed() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Signer(b"short")
    assert "kkk" not in repr(SIGNER)


def test_a_row_offers_one_link_for_each_answer_and_the_proof() -> None:
    links = answer_links(
        SIGNER, FamilyId("AGR-0001"), "2026-W47-x-ru", 17, base_url="https://m.example/", expires=LATER
    )
    actions = {}
    for held in fields(links):
        page, _, token = getattr(links, held.name).removeprefix("https://m.example/").partition("/")
        allowed = SIGNER.read(token, now=NOW)
        assert parse_row_subject(allowed.subject) == ("AGR-0001", "2026-W47-x-ru")
        assert (allowed.subscriber, allowed.expires_at) == (17, LATER)
        assert page == ("proof" if held.name == "proof" else "answer")
        actions[held.name] = allowed.action
    assert actions == {action.value: action for action in (Action.PROOF, *ANSWERS)}
