"""Which agreements can be asked about, from when to when, at which level, and how often."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from monitor.core.shipped import config_dir
from monitor.register.due import due_state, due_window, kind_of, level_of, norm_of
from monitor.register.load import load_register
from monitor.register.norms import load_norms
from monitor.register.types import Agreement, PartialDate, Party, Register, Side, Status

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register(config_dir())


@pytest.fixture(scope="module")
def plain(register: Register) -> Agreement:
    """A twinning that nothing speaks against."""
    return replace(
        register.agreements["AGR-0014"], signed=None, valid_until=None, status=Status.IN_FORCE, monitored=True
    )


def with_parties(agreement: Agreement, *parties: tuple[str, Side]) -> Agreement:
    return replace(agreement, parties=tuple(Party(place, place, side) for place, side in parties))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, (True, "due")),
        ({"status": Status.SIGNED}, (True, "due")),
        ({"monitored": False}, (False, "not_monitored")),
        ({"kind": "aggregate"}, (False, "aggregate")),
        ({"kind": "intent"}, (False, "intent")),
        ({"status": Status.EXPIRED}, (False, "expired")),
        ({"status": Status.PLANNED}, (False, "planned")),
        ({"status": Status.DRAFT}, (False, "draft")),
        ({"status": Status.UNKNOWN}, (False, "unknown_status")),
        ({"valid_until": PartialDate(2026, 10)}, (False, "past_term")),
        ({"valid_until": PartialDate(2026)}, (True, "due")),
        ({"valid_until": PartialDate(2026, 11, 21)}, (True, "due")),
        ({"signed": PartialDate(2026, 12)}, (False, "not_yet_signed")),
        ({"signed": PartialDate(2026, 11)}, (True, "due")),
    ],
)
def test_an_agreement_is_due_unless_a_reason_speaks_against_it(
    plain: Agreement, change: dict[str, object], state: tuple[bool, str]
) -> None:
    assert due_state(replace(plain, **change), TODAY) == state


def test_the_window_is_the_widest_that_the_dates_allow(plain: Agreement) -> None:
    dated = replace(plain, signed=PartialDate(2018, 10), valid_until=PartialDate(2020))
    assert due_window(dated) == (date(2018, 10, 1), date(2020, 12, 31))
    assert due_window(plain) == (None, None)


def test_the_shipped_register_splits_into_due_and_not_due_as_counted_by_hand(register: Register) -> None:
    reasons = Counter(due_state(agreement, TODAY)[1] for agreement in register.agreements.values())
    assert reasons == {
        "due": 209, "not_monitored": 123, "intent": 77, "aggregate": 34, "planned": 24, "draft": 12,
        "past_term": 9, "unknown_status": 9, "expired": 4,
    }  # fmt: skip


BY, PARTNER, UNION = Side.BY, Side.PARTNER, Side.UNION


@pytest.mark.parametrize(
    ("parties", "kind", "level", "norm"),
    [
        ([("country-by", BY), ("country-ru", PARTNER)], "government", "national", 4),
        ([("by-mogilev-region", BY), ("ru-pskov-region", PARTNER)], "government", "region", 4),
        ([("by-city-gomel", BY), ("ru-city-rostov-on-don", PARTNER)], "government", "city", 2),
        (
            [("by-citydistrict-minsk-partizansky", BY), ("fr-city-tourcoing", PARTNER)],
            "government",
            "city",
            2,
        ),
        ([("by-district-gorki", BY), ("ru-district-zernograd", PARTNER)], "government", "district", 2),
        (
            [("country-by", BY), ("by-district-braslav", BY), ("country-lv", PARTNER)],
            "government",
            "district",
            2,
        ),
        ([("org-by-mtz", BY), ("ru-rostov-region", PARTNER)], "company", "city", 2),
        ([("country-by", BY), ("org-by-maz", BY), ("ru-tula-region", PARTNER)], "company", "city", 2),
        ([("org-by-brsu", BY), ("by-brest-region", BY), ("cn-anhui", PARTNER)], "university", "city", 2),
        ([("by-zone-fez-brest", BY), ("country-it", PARTNER)], "other", "region", 4),
        ([("org-by-nasb", BY), ("country-dz", PARTNER)], "other", "city", 2),
        (
            [("org-by-ministry-of-justice-of-belarus", BY), ("country-fr", PARTNER)],
            "government",
            "national",
            4,
        ),
        ([("org-by-mogilev-regional-executive-committee", BY)], "government", "region", 4),
        ([("org-by-brest-city-executive-committee", BY)], "government", "city", 2),
        ([("union-cis", UNION)], "government", "national", 4),
        ([("union-cis", UNION), ("country-md", PARTNER)], "government", "national", 4),
        ([("org-ru-belarus-yug", BY), ("ru-rostov-region", PARTNER)], "company", "national", 2),
    ],
)
def test_level_kind_and_norm_follow_the_smallest_belarusian_party(
    register: Register,
    plain: Agreement,
    parties: list[tuple[str, Side]],
    kind: str,
    level: str,
    norm: int,
) -> None:
    agreement = with_parties(plain, *parties)
    norms = load_norms(config_dir() / "norms.toml")
    found = (kind_of(agreement, register), level_of(agreement, register), norm_of(agreement, register, norms))
    assert found == (kind, level, norm)
