"""Which weeks are reported when a Monday was missed."""

import pytest

from monitor.core.ids import Week
from monitor.wiring.weekly import weeks_due


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, ["2026-W03"]),
        ("2026-W02", ["2026-W03"]),
        ("2026-W03", ["2026-W03"]),  # asked again: the same week anew
        ("2025-W52", ["2026-W01", "2026-W02", "2026-W03"]),
        ("2026-W40", ["2026-W03"]),  # the clock was ahead
        ("2024-W01", [f"2025-W{n}" for n in range(48, 53)] + ["2026-W01", "2026-W02", "2026-W03"]),
    ],
)
def test_every_week_since_the_last_is_due_but_not_more_than_eight(last: str | None, due: list[str]) -> None:
    assert weeks_due(None if last is None else Week(last), Week("2026-W03")) == tuple(due)
