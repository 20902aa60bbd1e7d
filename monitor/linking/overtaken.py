"""Whether a turn of linking stands on what still counts, or another process has promoted something else."""

from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.runs import Version, current_version, hold_ground, refuse_dropped


class OvertakenError(UsageError):
    """Another process has promoted the links of another register."""


class TagsChangedError(UsageError):
    """Another process has promoted the tags of another model."""


def hold(tx: Tx, tag_version: Version, link_version: Version, *, is_beside: bool) -> None:
    """Have what links are made of stay as it is until the transaction ends.

    `link_version`: that is written; it must be the current one, or where `is_beside` one that is not dropped.
    Errors: TagsChangedError, OvertakenError, DroppedError.
    """
    hold_ground(tx)
    if current_version(tx, "tag") != tag_version:
        raise TagsChangedError(f"the tags of {tag_version.fingerprint} do not count any more")
    if is_beside:
        refuse_dropped(tx, link_version)
    else:
        refuse_other(current_version(tx, "link"), link_version.fingerprint)


def refuse_other(current: Version | None, fingerprint: str) -> None:
    """Errors: OvertakenError when the current links are not those of the fingerprint."""
    if current is None or current.fingerprint != fingerprint:
        counting = "none" if current is None else current.fingerprint
        raise OvertakenError(
            f"the current links are {counting}, not {fingerprint}: another register counts since, and the "
            "next turn links under it"
        )
