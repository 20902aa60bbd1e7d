"""Runs beside the current ones, of tags and of links: which there are, what they change, their end."""

from dataclasses import dataclass

from monitor.articles import reclassify as stage
from monitor.core import runs
from monitor.core.accounts import User
from monitor.core.counts import Counts
from monitor.core.errors import InputError, UsageError
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version
from monitor.linking import relink
from monitor.wiring import judging, relinking
from monitor.wiring.app import App
from monitor.wiring.judging import Reviewed
from monitor.wiring.relinking import Review, Standing
from monitor.wiring.stamp import config_stamp
from monitor.wiring.standing import is_as_kept

TAG, LINK = "tag", "link"
_WANTED = "_wanted_links"  # of an App


@dataclass(frozen=True, slots=True)
class Beside:
    """A run beside the current one. Units: articles."""

    version: Version
    waiting: int  # left to be judged or linked

    @property
    def is_partial(self) -> bool:
        """Whether it cannot be promoted yet."""
        return self.waiting > 0


@dataclass(frozen=True, slots=True)
class Standings:
    """The current runs and what stands beside them."""

    current: dict[str, str]  # stage: fingerprint
    beside: tuple[Beside, ...]
    is_register_changed: bool  # config/ says something else than what counts
    problems: int  # lines of config/register that cannot be read


def standings(app: App) -> Standings:
    """What stands now. Reads only."""
    with app.ready_db.reading() as tx:
        current = {one: runs.current_version(tx, one) for one in (TAG, LINK)}
        beside = [Beside(c.version, c.waiting + c.behind) for c in stage.candidates(tx)]
    link = current[LINK]
    told = {name: version.fingerprint for name, version in current.items() if version is not None}
    if link is None or is_as_kept(app, link.fingerprint):
        return Standings(told, tuple(beside), False, 0)
    try:
        wanted = _wanted(app)
    except InputError as error:
        return Standings(told, tuple(beside), True, len(error.problems))
    with app.ready_db.reading() as tx:
        version = runs.find_version(tx, LINK, wanted)
        if version is not None and version != link:
            beside.append(Beside(version, relink.waiting(tx, version)))
    return Standings(told, tuple(beside), wanted != link.fingerprint, 0)


def _wanted(app: App) -> str:
    """The fingerprint of the links that config/ would give; read anew where a file of it has changed.

    Errors: InputError.
    """
    key = config_stamp(app.home)
    held: tuple[object, str] | None = app.__dict__.get(_WANTED)
    if held is None or held[0] != key:  # reading takes half a second, and the page of runs asks each time
        held = app.__dict__[_WANTED] = (key, relinking.configured(app).fingerprint)
    return held[1]


def look_at(app: App, name: str, fingerprint: str) -> Reviewed | Review:
    """What one of them changes. Reads only. Errors: UsageError when there is none, or it counts now."""
    version = _version(app, name, fingerprint)
    with app.ready_db.reading() as tx:
        if runs.current_version(tx, name) == version:
            raise UsageError(f"{fingerprint} is the current run of {name}")
    if name == TAG:
        return judging.look(app, version)
    found = relinking.look(app)
    if found is None or found.version != version:
        raise UsageError(f"{fingerprint} is not of the register in config/")
    return found


def make_links(app: App, progress: Progress = silent) -> Counts:
    """Make the links of the register in config/, so that their difference can be looked at.

    Where no link depends on what was changed, it counts at once. Errors: InputError.
    """
    if relinking.settle(app) is not Standing.TO_REVIEW:
        return Counts()
    return relinking.review(app, progress).counts


def promote(app: App, name: str, fingerprint: str, *, by: User) -> None:
    """Have one of them count. Errors: UsageError when it is partial or not there any more."""
    module = judging if name == TAG else relinking
    module.promote(app, _version(app, name, fingerprint), by=by)


def drop(app: App, name: str, fingerprint: str, *, by: User) -> None:
    """Forget one of them. Errors: UsageError when it is not there any more, or is the current one."""
    version = _version(app, name, fingerprint)
    if name == TAG:
        judging.drop(app, version.fingerprint, by=by)
    elif relinking.configured(app).fingerprint == fingerprint:
        relinking.drop(app, by=by)
    else:
        raise UsageError(f"{fingerprint} is not of the register in config/")


def _version(app: App, name: str, fingerprint: str) -> Version:
    with app.ready_db.reading() as tx:
        found = runs.find_version(tx, name, fingerprint) if name in (TAG, LINK) else None
    if found is None:
        raise UsageError(f"there is no run {fingerprint!r} of {name}")
    return found
