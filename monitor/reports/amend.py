"""What two reports of the same region and week say differently: to verify and to correct. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from monitor.core.ids import ArticleId, FamilyId
from monitor.reports.plain import one_line
from monitor.reports.row_types import Row
from monitor.reports.types import Amended, Correction, Report, Totals

_P_STEP = 0.005  # a probability that moved less is printed the same


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not what the report said. `where`: totals, versions or a family's id."""

    where: str
    what: str
    said: str
    now: str


def differences(said: Report, now: Report) -> tuple[Difference, ...]:
    """Everything that a recount gives differently: versions, totals, then row by row."""
    return (*_versions(said, now), *_totals(said, now), *_rows(said, now))


def corrected(sent: Report, now: Report, *, number: int, why: str) -> Report | None:
    """The correction of a report that was sent; None when states and counts are what it said.

    `why`: the operator's words, kept on one line.
    """
    amended = tuple(_amended(sent, now))
    if not amended:
        return None
    told = Correction(of=sent.id, why=one_line(why), amended=amended)
    return replace(now, id=f"{now.id}-c{number}", correction=told)


def _versions(said: Report, now: Report) -> Iterator[Difference]:
    for name in ("register_version", "tag_version", "link_version"):
        one, other = getattr(said.method, name), getattr(now.method, name)
        if one != other:
            yield Difference("versions", name, one, other)


def _totals(said: Report, now: Report) -> Iterator[Difference]:
    for field in fields(Totals):
        one, other = getattr(said.totals, field.name), getattr(now.totals, field.name)
        if one != other:
            yield Difference("totals", field.name, str(one), str(other))


def _rows(said: Report, now: Report) -> Iterator[Difference]:
    one = {row.family: row for row in said.rows}
    other = {row.family: row for row in now.rows}
    for family in sorted({*one, *other}):
        if family not in other:
            yield Difference(family, "row", one[family].state, "")
        elif family not in one:
            yield Difference(family, "row", "", other[family].state)
        else:
            yield from _row(family, one[family], other[family])


def _row(family: FamilyId, said: Row, now: Row) -> Iterator[Difference]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("state", said.state, now.state),
        ("originals", said.counted.originals, now.counted.originals),
        ("articles", said.counted.articles, now.counted.articles),
        ("translations", len(said.counted.translations), len(now.counted.translations)),
        ("norm", said.watched.norm, now.watched.norm),
        ("sources_observed", said.watched.sources_observed, now.watched.sources_observed),
        ("last_on", said.counted.last_on, now.counted.last_on),
    )
    for what, one, other in pairs:
        if one != other:
            yield Difference(family, what, str(one), str(other))
    gone = sorted(_held(said) - _held(now))
    if gone:
        yield Difference(family, "articles_gone", ", ".join(map(str, gone)), "")
    if abs(said.certainty.p_gap - now.certainty.p_gap) >= _P_STEP:
        yield Difference(family, "p_gap", f"{said.certainty.p_gap:.3f}", f"{now.certainty.p_gap:.3f}")


def _amended(sent: Report, now: Report) -> Iterator[Amended]:
    """Rows whose state or number of originals differs; a probability drifts without anybody being wrong."""
    before = {row.family: row for row in sent.rows}
    after = {row.family: row for row in now.rows}
    for family in (*after, *(f for f in before if f not in after)):
        one, other = before.get(family), after.get(family)
        shown = other or one
        if shown is None or (one and other and _said(one) == _said(other)):
            continue
        yield Amended(
            family=family,
            title=shown.members[0].title,
            title_lang=shown.members[0].title_lang,
            state_before=one.state if one else "",
            state=other.state if other else "",
            originals_before=one.counted.originals if one else 0,
            originals=other.counted.originals if other else 0,
        )


def _held(row: Row) -> set[ArticleId]:
    return {*row.counted.origins, *row.counted.translations, *row.counted.copies}


def _said(row: Row) -> tuple[str, int]:
    return row.state, row.counted.originals
