"""Silences against a source's own rhythm: weekends, holidays, weekly papers, little history, false alarms."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from monitor.crawl.rhythm import BELIEVABLE, Published, Silence, silences

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
Writes = Callable[[datetime], bool]


def every_day(_at: datetime) -> bool:
    return True


def on_workdays(at: datetime) -> bool:
    return at.weekday() < 5


def on_fridays(at: datetime) -> bool:
    return at.weekday() == 4


def days(writes: Writes, start: int, stop: int) -> list[Published]:
    """Days from `start` to `stop` on which the source writes three items between 9 and 14 o'clock."""
    dates = [MONDAY + n * DAY for n in range(start, stop)]
    return [Published(at, at + timedelta(hours=5), 3) for at in dates if writes(at)]


def found(published: list[Published], end: float, known_from: int = 0) -> tuple[Silence, ...]:
    return silences(published, known_from=MONDAY + known_from * DAY, end=MONDAY + end * DAY)


def called_after(published: list[Published]) -> int:
    """Days after the last item until the silence is called one."""
    last = published[-1].last_at
    known = {"known_from": MONDAY}
    return next(n for n in range(1, 400) if silences(published, **known, end=last + n * DAY))


@pytest.mark.parametrize(
    ("writes", "history", "after"),
    [
        (every_day, 28, 6),
        (every_day, 180, 6),
        (on_workdays, 180, 6),
        (on_fridays, 56, 46),
        (on_fridays, 180, 29),
    ],
)
def test_a_silence_is_called_by_the_sources_own_rhythm(writes: Writes, history: int, after: int) -> None:
    assert called_after(days(writes, 0, history)) == after


def test_less_history_needs_a_longer_silence() -> None:
    waits = [called_after(days(on_fridays, 0, n)) for n in (21, 42, 84, 168)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > waits[-1]


def test_a_silence_found_late_goes_back_to_its_start_and_says_how_sure_it_is() -> None:
    published = days(every_day, 0, 40)
    (silence,) = found(published, 80)
    assert (silence.start, silence.stop, silence.lasts) == (published[-1].last_at, MONDAY + 80 * DAY, True)
    assert silence.sure == 1 - silence.chance > 1 - BELIEVABLE
    (shorter,) = found(published, 47)
    assert shorter.chance > silence.chance


def test_a_silence_that_ended_has_its_end_and_does_not_last() -> None:
    published = [*days(every_day, 0, 40), *days(every_day, 60, 90)]
    (silence,) = found(published, 90)
    wanted = (published[39].last_at, published[40].first_at, False)
    assert (silence.start, silence.stop, silence.lasts) == wanted


def test_two_days_off_beside_a_weekend_are_no_silence() -> None:
    published = [*days(on_workdays, 0, 94), *days(on_workdays, 98, 110)]  # Thursday and Friday off
    assert found(published, 110) == ()


def test_a_source_that_never_gave_an_item_is_silent_after_a_week() -> None:
    assert found([], 7) == ()
    assert found([], 8) == (Silence(MONDAY, MONDAY + 8 * DAY, 0.0, True),)
    late = days(every_day, 20, 30)
    assert found(late, 30) == (Silence(MONDAY, late[0].first_at, 0.0, False),)


def test_an_old_item_pinned_to_the_top_does_not_hide_a_silence() -> None:
    pinned = [Published(MONDAY - 170 * DAY, MONDAY - 170 * DAY, 1)]
    lasting = [s for s in found([*pinned, *days(every_day, 0, 60)], 70) if s.lasts]
    assert [s.start for s in lasting] == [days(every_day, 0, 60)[-1].last_at]


@pytest.mark.parametrize(
    ("chances", "most"),
    [
        ((0.95, 0.95, 0.95, 0.95, 0.95, 0.8, 0.5), 1),
        ((0.97, 0.97, 0.97, 0.97, 0.97, 0.02, 0.02), 1),
        ((0.45, 0.45, 0.45, 0.45, 0.45, 0.3, 0.2), 2),
        ((0.02, 0.02, 0.02, 0.02, 0.95, 0.02, 0.02), 1),
        ((0.1,) * 7, 2),
    ],
    ids=["daily", "workdays", "three a week", "weekly", "three a month"],
)
def test_a_source_that_goes_on_as_ever_raises_hardly_an_alarm(chances: tuple[float, ...], most: int) -> None:
    """Five years of one source, looked at every day: each look may call the silence of that day."""
    random, alarms = Random(11), set()
    dates = [MONDAY + n * DAY for n in range(5 * 365)]
    published = [Published(at, at, 1) for at in dates if random.random() < chances[at.weekday()]]
    for n, day in enumerate(published[20:], 20):
        following = published[n + 1].first_at if n + 1 < len(published) else dates[-1]
        if following - day.last_at > 5 * DAY:
            seen = published[max(0, n - 90) : n + 1]
            alarms |= {s.start for s in silences(seen, known_from=MONDAY, end=following) if s.lasts}
    assert len(alarms) <= most
