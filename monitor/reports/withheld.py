"""A stored report as it may be shown today: an outlet may have been listed since it was made. Pure.

Nothing is added to what was stored; where nothing was listed since, the report is as it was.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from monitor.reports.row_types import Proof, Row
from monitor.reports.types import Report
from monitor.reports.withhold import Withholding

Withhold = Callable[[Report], Report]


def withheld(report: Report, withholding: Withholding) -> Report:
    """The report without names, titles and links that `build` would leave out today. All numbers stay."""
    proofs = tuple(_proof(proof, withholding) for proof in report.articles)
    seen = {proof.outlet for proof in proofs if proof.is_named}

    def may_print(name: str) -> bool:
        return name in seen or withholding.may_print(name)

    return replace(
        report,
        articles=proofs,
        rows=tuple(_row(row, may_print, withholding) for row in report.rows),
        blind_spots=tuple(
            replace(one, name=one.name if withholding.may_name(one.source) else "")
            for one in report.blind_spots
        ),
        watch=tuple(
            replace(one, name=one.name if withholding.may_name(one.source) else "") for one in report.watch
        ),
    )


def _proof(proof: Proof, withholding: Withholding) -> Proof:
    if not proof.is_named:
        return proof
    if not (withholding.link(proof.url) and withholding.may_print(proof.outlet, proof.url)):
        return replace(proof, is_named=False, title="", url="", outlet="")
    return replace(proof, title=withholding.quote(proof.title))


def _row(row: Row, may_print: Callable[[str], bool], withholding: Withholding) -> Row:
    watched = row.watched
    return replace(
        row,
        counted=replace(row.counted, outlets=_printed(row.counted.outlets, may_print)),
        watched=replace(
            watched,
            silent_outlets=_printed(watched.silent_outlets, may_print),
            silent_sources=tuple(one for one in watched.silent_sources if withholding.may_name(one)),
        ),
    )


def _printed(names: Iterable[str], may_print: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(name for name in names if may_print(name))
