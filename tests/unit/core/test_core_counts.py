"""Counts of a stage."""

from monitor.core.counts import Counts


def test_counts_start_at_zero_and_zeros_do_not_matter() -> None:
    counts = Counts(new=2)
    counts.add("new")
    counts.add("failed", 0)
    counts.merge(Counts(new=1, crashed=1))
    assert counts == Counts(crashed=1, new=4)
    assert counts != Counts(new=4)
    assert counts["never"] == 0
    assert dict(counts) == {"new": 4, "failed": 0, "crashed": 1}
