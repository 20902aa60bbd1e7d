"""What a gap table says beside its rows and beside the state of a row, as data."""

from dataclasses import dataclass

from monitor.core.ids import Week


@dataclass(frozen=True, slots=True)
class AuditFigure:
    """What the audit says of one link class and language, in answers of full weight."""

    stratum: str  # "both/ru"
    linkable: int
    linked: int
    links_checked: int
    links_right: int


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What the certainty of a table stands on."""

    last_week: Week | None  # the last audited one
    weeks: int
    texts: int  # answered
    part_held: float  # of the answers' weight that still counts, 0..1
    assumed: bool  # nobody has audited, or so long ago that nothing is left of it
    figures: tuple[AuditFigure, ...]
    rest_texts: int  # audited texts that nothing speaks for
    rest_missed: int  # of these on an agreement all the same
    rest_upper: float  # at most this share of them are, with 95 % certainty


NO_AUDIT = AuditNote(None, 0, 0, 0.0, assumed=True, figures=(), rest_texts=0, rest_missed=0, rest_upper=1.0)
