"""From what the model says to the state of a row: norms, thresholds and what a silence cannot tell. Pure."""

import math

from monitor.gaps.model import Estimate
from monitor.gaps.types import State

RAISE_AT = 0.85  # P(gap) that makes a gap
LEAVE_BELOW = 0.60  # ... and the one that unmakes it, so that rows do not flicker
SILENCE_TELLS = 0.80  # P(gap | nothing found) below this: no silence could have convinced us
LEAST_SEEN = 0.3  # of the window, exposure times recall
LEAST_WEEKS = 8.0
NORM_WEEKS = 52


def norm_for(norm: int, weeks: float) -> int:
    """The norm of 52 weeks brought down to the weeks watched so far; never below 1."""
    if weeks >= NORM_WEEKS:
        return norm
    return max(1, math.ceil(norm * weeks / NORM_WEEKS - 1e-9))


def settle(
    *,
    due: bool,
    findable: bool,
    weeks: float,
    exposure: float,
    originals: int,
    told: Estimate,
    before: State | None = None,
) -> tuple[State, str]:
    """The state of a family in 52 weeks and the code of the first rule that fits."""
    p_gap = told.posterior.p_below_norm
    blind = blindness(findable=findable, weeks=weeks, exposure=exposure, recall=told.recall)
    if not due:
        return State.NOT_DUE, "not_due"
    if blind:
        return State.UNMEASURED, blind
    if told.p_gap_if_zero < SILENCE_TELLS:
        return State.UNMEASURED, "silence_would_not_tell"
    held = before in (State.UNCOVERED, State.THIN) and p_gap >= LEAVE_BELOW
    if p_gap >= RAISE_AT or held:
        state = State.THIN if originals else State.UNCOVERED
        return state, "gap_held" if p_gap < RAISE_AT else "below_norm"
    # the mirror image of the rule for gaps: covered is claimed with the same certainty
    if p_gap <= 1 - RAISE_AT:
        return State.COVERED, "norm_reached"
    return State.UNDECIDED, "between"


def blindness(*, findable: bool, weeks: float, exposure: float, recall: float) -> str:
    """Why a silence of this window says nothing, "" when it does."""
    if not findable:
        return "not_findable"
    if weeks < LEAST_WEEKS:
        return "too_young"
    return "low_exposure" if is_dark(exposure, recall, weeks) else ""


def is_dark(exposure: float, recall: float, weeks: float) -> bool:
    """True if so little of a window was seen that nothing can be said of it."""
    return exposure <= 0 or exposure * recall < LEAST_SEEN * weeks
