"""config/norms.toml: how many original reports in 52 weeks an agreement of a kind or level deserves."""

from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import InputError, Problem
from monitor.core.rows import Row, toml_rows

AGREEMENT_KINDS = ("government", "company", "university", "other")
LEVELS = ("national", "region", "city", "district")


@dataclass(frozen=True, slots=True)
class Norm:
    """One rule: agreements of this kind, or else of this level."""

    kind: str | None
    level: str | None
    originals: int  # in 52 weeks
    reason: str

    def fits(self, kind: str, level: str) -> bool:
        """True if the rule speaks of agreements of this kind or level."""
        return self.kind == kind if self.kind is not None else self.level == level


def load_norms(path: Path) -> tuple[Norm, ...]:
    """The rules in their order.

    Errors: InputError listing each bad table, and each kind and level that no rule covers.
    """
    problems: list[Problem] = []
    norms = tuple(_norm(row) for row in toml_rows(path, "norm", problems))
    if not problems:
        for kind in AGREEMENT_KINDS:
            for level in LEVELS:
                if not any(norm.fits(kind, level) for norm in norms):
                    problems.append(Problem(str(path), f"no norm covers kind {kind}, level {level}"))
    if problems:
        raise InputError(problems)
    return norms


def norm_for(kind: str, level: str, norms: tuple[Norm, ...]) -> Norm:
    """The first rule that fits; `load_norms` has made sure that there is one."""
    return next(norm for norm in norms if norm.fits(kind, level))


def _norm(row: Row) -> Norm:
    row.keys(("originals", "reason"), ("kind", "level"))
    if ("kind" in row.raw) == ("level" in row.raw):
        row.note("a norm needs either kind or level")
    return Norm(
        kind=row.choice("kind", AGREEMENT_KINDS) if "kind" in row.raw else None,
        level=row.choice("level", LEVELS) if "level" in row.raw else None,
        originals=row.whole("originals", least=1),
        reason=row.text("reason"),
    )
