"""Linking under the register that counts, and a changed register as a change that is looked at first.

What counts is the register that the current links stand on (monitor.wiring.standing). Where config/ says
something else, the links that it would give are made beside the current ones, compared, promoted or dropped.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, partial

import structlog

from monitor.core import runs
from monitor.core.accounts import User
from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.errors import InputError, StorageError, UsageError
from monitor.core.ids import FamilyId, PlaceId
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version
from monitor.gaps.compare import Difference
from monitor.gaps.readings import Basis
from monitor.linking import relink
from monitor.linking.alike import alike
from monitor.linking.finding import found_names
from monitor.linking.link import Before, Beside, Linking, Spread, link_beside, link_due
from monitor.linking.overtaken import OvertakenError
from monitor.linking.reach import reach_beyond
from monitor.linking.relink import Moves
from monitor.linking.unchanged import unchanged_families
from monitor.linking.weights import LinkModel, load_link_model
from monitor.register.exchange import Edits, stored
from monitor.register.exchange import compare as compare_rows
from monitor.register.load import load_register
from monitor.register.store import save_register
from monitor.register.types import Register
from monitor.wiring.app import App
from monitor.wiring.comparing import difference
from monitor.wiring.following import follow_register
from monitor.wiring.linkers import build_finder, build_linker
from monitor.wiring.standing import current_fingerprint, forget_all_but, is_as_kept, keep, kept_folder

log = structlog.get_logger()


class Standing(StrEnum):
    """How the register of config/ stands to the one that counts."""

    FIRST = "first"  # nothing is linked yet: it counts at once
    SAME = "same"
    ADOPTED = "adopted"  # it differed in nothing that links look at, and counts now
    TO_REVIEW = "to_review"


@dataclass(frozen=True, slots=True)
class Configured:
    """The register and weights of config/."""

    register: Register
    weights: LinkModel

    @property
    def fingerprint(self) -> str:
        """Of the links that they give."""
        return f"{self.register.version}-{self.weights.version}"

    @property
    def doc(self) -> dict[str, str]:
        """What a version of links says of itself."""
        return {"register": self.register.version, "weights": self.weights.version}


@dataclass(frozen=True, slots=True)
class Review:
    """Links of another register beside the current ones, and what they would change."""

    version: Version
    base: Version
    counts: Counts  # of this turn
    waiting: int  # articles that it has not come to
    edits: Edits  # of agreements
    unchanged: int  # families that keep their links
    families: tuple[frozenset[FamilyId], frozenset[FamilyId]]  # before, after
    moves: Moves
    difference: Difference


def link(app: App, progress: Progress = silent, spread: Spread | None = None) -> Counts:
    """Link the tagged articles that are due under the register that counts; `spread` over other processes.

    Where the newest gap table stands on another register, it is counted anew: one may have come to count
    here, by a command, or in a process that ended before it had counted.

    A register in config/ that cannot be read does not stop it. Where another process promotes a register
    meanwhile, what is left is linked under that, and counted alone.
    Errors: StorageError when what the current links were made with is not there any more, and config/ is not
    the same.
    """
    while True:
        try:
            counts = _link(app, progress, spread)
            follow_register(app)
            return counts
        except OvertakenError as error:
            log.info("register_promoted_while_linking", why=str(error))


def _link(app: App, progress: Progress, spread: Spread | None) -> Counts:
    refresh(app)
    try:
        settle(app)
    except InputError as error:
        log.warning("register_of_config_refused", problems=len(error.problems))
    own = Configured(app.register, app.link_model)
    with app.ready_db.begin() as tx:
        current = current_fingerprint(tx)
        is_tagged = runs.current_version(tx, "tag") is not None
    if current is not None and current != own.fingerprint:
        raise StorageError(
            "the register or the weights of the current links are not kept, or are of an older program: "
            "`monitor link --dry-run` shows what those of config/ change, `monitor link --promote` takes them"
        )
    if is_tagged:
        keep(app, app.home.config, own.fingerprint)
    return link_due(
        db=app.ready_db,
        find=app.find,
        link=app.linker.link,
        fingerprint=own.fingerprint,
        doc=own.doc,
        zone=app.zone,
        clock=app.clock,
        progress=progress,
        spread=spread,
        names=app.found_names,
    )


def configured(app: App) -> Configured:
    """What config/ says now. Errors: InputError."""
    return Configured(load_register(app.home.config), load_link_model(app.home.config))


def linking_of(app: App, given: Configured) -> Linking:
    """What links articles as a register and its weights want it."""
    # made only where it is asked: where all names are kept nobody needs it
    finder = cache(partial(build_finder, app.home, given.register.places))
    linker = build_linker(app.home, app.settings.model.kind, given.register, given.weights)

    def words_before(body: PlaceId) -> frozenset[str]:
        return app.linker.words_for(body)  # made only where it is asked

    common = alike(app.register, given.register, (words_before, linker.words_for))
    return Linking(
        app.ready_db,
        lambda title, text, lang, region: finder().find(title, text, lang=lang, outlet_region=region),
        linker.link,
        app.zone,
        app.clock,
        names=found_names(given.register.places, app.home.config),
        reach_beyond=partial(reach_beyond, given.register, linker.words_for),
        before=None if common is None else Before(app.found_names, common),
    )


def settle(app: App) -> Standing:
    """Have the register of config/ count where no link depends on the difference; say how it stands.

    Errors: InputError when it cannot be read.
    """
    with app.ready_db.begin() as tx:
        current = runs.current_version(tx, "link")
    if current is not None and is_as_kept(app, current.fingerprint):
        return Standing.SAME  # without reading them: the demo and the service come by often
    given = configured(app)
    if current is None:
        with app.ready_db.begin() as tx:
            save_register(tx, given.register, at=app.clock())
        if app.register.version != given.register.version:
            app.forget_register()
        return Standing.FIRST
    if current.fingerprint == given.fingerprint:
        return Standing.SAME
    if not _gives_the_same_links(app, given, current):
        return Standing.TO_REVIEW
    keep(app, app.home.config, given.fingerprint)
    with app.ready_db.begin() as tx:
        relink.rename(tx, current, given.fingerprint, given.doc)
        save_register(tx, given.register, at=app.clock())
    app.forget_register()
    forget_all_but(app, {given.fingerprint})
    return Standing.ADOPTED


def review(app: App, progress: Progress = silent, spread: Spread | None = None) -> Review:
    """Make or carry on the links that config/ would give and tell what they change; nothing of it counts.

    `spread`: over other processes.
    Errors: InputError; UsageError when config/ says what counts already.
    """
    given = configured(app)
    with app.ready_db.begin() as tx:
        base, version = relink.begin(tx, given.fingerprint, given.doc, at=app.clock())
    keep(app, app.home.config, given.fingerprint)
    unchanged = _unchanged(app, given, base)
    linking = replace(linking_of(app, given), progress=progress, spread=spread)
    # with other weights, or where nobody knows what links were made with, nothing is unchanged
    around = linking.before.alike.around if unchanged and linking.before is not None else frozenset()
    counts = link_beside(linking, version, Beside(base, unchanged, around))
    return _told(app, given, base, version, unchanged, counts)


def look(app: App) -> Review | None:
    """What the links of the register in config/ that were made so far would change; None where none were.

    Reads only. Errors: InputError when config/ cannot be read.
    """
    given = configured(app)
    with app.ready_db.reading() as tx:
        base = runs.current_version(tx, "link")
        version = runs.find_version(tx, "link", given.fingerprint)
    if base is None or version is None or base == version:
        return None
    return _told(app, given, base, version, _unchanged(app, given, base), Counts())


def _told(
    app: App,
    given: Configured,
    base: Version,
    version: Version,
    unchanged: frozenset[FamilyId],
    counts: Counts,
) -> Review:
    before = (base, app.link_model.link_at)
    after = (version, given.weights.link_at)
    with app.ready_db.reading() as tx:
        return Review(
            version=version,
            base=base,
            counts=counts,
            waiting=relink.waiting(tx, version),
            edits=_edits(app, base),
            unchanged=len(unchanged),
            families=(frozenset(app.register.families), frozenset(given.register.families)),
            moves=relink.moves(tx, before, after),
            difference=_difference(tx, app, before, after, given.register),
        )


def promote(app: App, version: Version, *, by: User | str = COMMAND_LINE) -> None:
    """Have the links of another register count, and this register with them, in one transaction.

    `by`: who says so, for the log.
    Errors: UsageError when articles wait for it, or config/ has changed since they were made.
    """
    given = configured(app)
    if given.fingerprint != version.fingerprint:
        raise UsageError("config/ has changed since these links were made: run `monitor link` again")
    with app.ready_db.begin() as tx:
        relink.promote(tx, version, at=app.clock())
        log_action(tx, by, Action.PROMOTE, f"link {version.fingerprint}", app.clock())
        save_register(tx, given.register, at=app.clock())
    app.forget_register()
    forget_all_but(app, {version.fingerprint})


def drop(app: App, *, by: User | str = COMMAND_LINE) -> Version:
    """Forget the links of the register in config/. Errors: UsageError when there are none."""
    fingerprint = configured(app).fingerprint
    with app.ready_db.begin() as tx:
        version = runs.find_version(tx, "link", fingerprint)
        if version is None:
            raise UsageError("no links of the register in config/ were made")
        relink.drop(tx, version)
        log_action(tx, by, Action.DROP, f"link {version.fingerprint}", app.clock())
        current = current_fingerprint(tx)
    forget_all_but(app, set() if current is None else {current})
    return version


def refresh(app: App) -> None:
    """Take over what another process has promoted."""
    with app.ready_db.reading() as tx:
        current = current_fingerprint(tx)
    if current is None or not app.has_register:
        return
    if Configured(app.register, app.link_model).fingerprint != current:
        app.forget_register()


def _unchanged(app: App, given: Configured, base: Version) -> frozenset[FamilyId]:
    """Empty where the weights are others, or nobody knows what register the current links were made with."""
    with app.ready_db.begin() as tx:
        weights = runs.doc_of(tx, base).get("weights")
    if weights != given.weights.version or not kept_folder(app, base.fingerprint).is_dir():
        return frozenset()
    return unchanged_families(app.register, given.register)


def _gives_the_same_links(app: App, given: Configured, base: Version) -> bool:
    everything = frozenset(given.register.families)
    is_same = everything == frozenset(app.register.families) == _unchanged(app, given, base)
    # places that no family touches can still be homonyms of those that do
    return is_same and app.register.places == given.register.places


def _edits(app: App, base: Version) -> Edits:
    before = kept_folder(app, base.fingerprint)
    after = stored(app.home.config)
    return compare_rows(stored(before) if before.is_dir() else after, after)


def _difference(
    tx: Tx, app: App, before: tuple[Version, float], after: tuple[Version, float], register: Register
) -> Difference:
    tag = runs.current_version(tx, "tag")
    if tag is None:
        raise UsageError("nothing is tagged yet: run `monitor tag`")
    base, new = Basis(tag.id, before[0].id, before[1]), Basis(tag.id, after[0].id, after[1])
    return difference(tx, app, base, new, register)
