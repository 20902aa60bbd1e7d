"""Judging with the current run's model, people's corrections, and new runs beside the current one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from classifiers.labelled import LabelledItem
from monitor.articles import corrections
from monitor.articles import reclassify as stage
from monitor.articles.carry import Plan, carry, plan
from monitor.articles.corrections import Correction, Saying
from monitor.articles.effective import judged, tagged
from monitor.articles.reclassify import Candidate, Spread
from monitor.articles.store import find_named, get_many
from monitor.articles.tag import Tagging, tag_due
from monitor.articles.types import Article, Classifier
from monitor.core import runs
from monitor.core.accounts import User
from monitor.core.audit_log import COMMAND_LINE, Action, log_action
from monitor.core.clock import day_start
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.errors import ModelError, UsageError
from monitor.core.ids import AgreementId, ArticleId, TopicId
from monitor.core.progress import Progress, silent
from monitor.core.runs import Version
from monitor.gaps.compare import Difference
from monitor.gaps.readings import Basis
from monitor.linking.effective import linked
from monitor.linking.store import forget_changed, forget_linking
from monitor.register.taxonomy import became, carried, unexplained
from monitor.wiring.app import App
from monitor.wiring.comparing import difference
from monitor.wiring.retold import weigh_translations

if TYPE_CHECKING:  # scikit-learn takes a second to import, and not every command needs it
    from classifiers.artefacts import Manifest

EMBED_S = 0.27  # CPU seconds a text of 600 characters, docs/decisions/011


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A run beside the current one and what it would change; `difference` None while nothing is linked."""

    candidate: Candidate
    difference: Difference | None
    plan: Plan  # for corrections of topics that have changed

    @property
    def embed_s(self) -> float:
        """CPU seconds that the articles which wait will take."""
        return self.candidate.waiting * EMBED_S


# --- the current run ---


def tag(app: App, progress: Progress = silent) -> Counts:
    """Judge the articles that are due with the model of the current run, of the settings' one at first.

    Errors: ModelError when the current run's model is gone or cannot be used.
    """
    with app.ready_db.begin() as tx:
        current = runs.current_version(tx, "tag")
    if current is None:
        classifier = app.classifier
        fingerprint = f"{app.settings.model.kind}-{classifier.version}"
    else:
        classifier, fingerprint = _current_classifier(app, current), current.fingerprint
    counts = tag_due(
        db=app.ready_db,
        classifier=classifier,
        name_features=app.name_features,
        fingerprint=fingerprint,
        clock=app.clock,
        shipped=app.models.shipped if classifier is app.models.loaded else None,
        progress=progress,
    )
    weigh_translations(app)
    return counts


def train(app: App, *, kind: str | None = None, with_corrections: bool = True) -> "Manifest":
    """Train on all that ships and on what people have corrected; the current run keeps its model.

    Errors: as `Models.train`.
    """
    corrected: Sequence[LabelledItem] = ()
    if app.home.exists:
        with app.ready_db.begin() as tx:
            current = runs.current_version(tx, "tag")
            if with_corrections:
                corrected = corrected_items(tx, app)
        if current is not None:
            app.models.put_by(current.fingerprint)
    return app.models.train(kind=kind, corrected=corrected)


def _current_classifier(app: App, current: Version) -> Classifier:
    try:
        return app.models.classifier_of(current.fingerprint)
    except ModelError as error:
        raise ModelError(
            f"the current run's model cannot be used: {error} Or `monitor train` and "
            "`monitor reclassify --promote` bring another one in."
        ) from error


# --- corrections ---


def correct(
    app: App, named: str, sayings: Sequence[Saying], *, who: str, note: str = ""
) -> tuple[ArticleId, list[int]]:
    """Record what somebody at the command line says of an article (id or address): its id, the corrections'.

    Errors: UsageError for an unknown article, topic or agreement, or one that is not monitored.
    """
    for saying in sayings:
        _check(app, saying)
    with app.ready_db.begin() as tx:
        article = article_named(tx, named)
        made = corrections.add(tx, article, sayings, who=who, at=app.clock(), note=note)
        forget_linking(tx, article)
        for saying in sayings:
            _log_saying(tx, app, Action.CORRECTION, article, saying, who)
    return article, made


def undo(app: App, correction_id: int, *, who: str, note: str = "") -> Correction:
    """Take one correction back at the command line. Errors: UsageError, as `corrections.undo`."""
    with app.ready_db.begin() as tx:
        undone = corrections.undo(tx, correction_id, who=who, at=app.clock(), note=note)
        forget_linking(tx, undone.article_id)
        _log_saying(tx, app, Action.UNDONE, undone.article_id, Saying(undone.kind, undone.value), who)
    return undone


def _log_saying(tx: Tx, app: App, action: Action, article: ArticleId, saying: Saying, who: str) -> None:
    """`who` is only what somebody typed: the log tells it apart from a name that was signed in with."""
    said = f"{article}: {saying.kind.value} {saying.value}".rstrip()
    log_action(tx, COMMAND_LINE, action, f"{said} ({who})", app.clock())


def article_named(tx: Tx, named: str) -> ArticleId:
    """The article of an id or address. Errors: UsageError when there is none."""
    found = find_named(tx, named)
    if found is None:
        raise UsageError(f"no article is called {named!r}: give its id or its address")
    return found


def _check(app: App, saying: Saying) -> None:
    if saying.kind in corrections.TOPIC and TopicId(saying.value) not in app.register.topics:
        raise UsageError(f"no topic is called {saying.value!r}; there are {', '.join(app.register.topics)}")
    if saying.kind in corrections.LINK and AgreementId(saying.value) not in app.register.family_of:
        raise UsageError(f"no monitored agreement is called {saying.value!r}")


def corrected_items(tx: Tx, app: App) -> list[LabelledItem]:
    """Corrected articles as material to learn from.

    Topics that nobody has spoken of are taken as the current run has published them. An article on which
    nobody has said whether it is cooperation counts as the run has judged it, and is left out where the run
    does not know.
    """
    told = corrections.rulings(tx)
    current = runs.current_version(tx, "tag")
    if not told or current is None:
        return []
    labels, topics, families = _judged(tx, app, current, set(told))
    items, today = [], became(app.taxonomy_changes)
    for article in get_many(tx, told).values():
        label = labels.get(article.id)
        if label is not None and article.text:
            named = [new for t in topics.get(article.id, ()) for new in today.get(TopicId(t), (TopicId(t),))]
            known = tuple(dict.fromkeys(t for t in named if t in app.register.topics))
            agreements = (*sorted(families.get(article.id, ())), *sorted(told[article.id].agreements))
            items.append(_item(article, label, known if label else (), tuple(dict.fromkeys(agreements))))
    return items


def _judged(
    tx: Tx, app: App, current: Version, wanted: set[ArticleId]
) -> tuple[dict[int, bool | None], dict[int, list[str]], dict[int, set[str]]]:
    """Labels, published topics (surest first) and linked families of articles, corrections on top."""
    own = judged(current.id)
    rows = tx.execute(sa.select(own.c.article_id, own.c.label)).all()
    labels = {row.article_id: row.label for row in rows if row.article_id in wanted}
    tags = tagged(current.id)
    query = sa.select(tags.c.article_id, tags.c.topic).where(tags.c.published.is_(True))
    topics: dict[int, list[str]] = {}
    for article, topic in tx.execute(query.order_by(tags.c.p.desc(), tags.c.topic)):
        if article in wanted:
            topics.setdefault(article, []).append(topic)
    families: dict[int, set[str]] = {}
    link = runs.current_version(tx, "link")
    if link is not None:
        found = linked(link.id)
        at_least = sa.select(found.c.article_id, found.c.family_id).where(found.c.p >= app.link_model.link_at)
        for article, family in tx.execute(at_least):
            if article in wanted:
                families.setdefault(article, set()).add(family)
    return labels, topics, families


def _item(
    article: Article, label: bool, topics: tuple[str, ...], agreements: tuple[str, ...]
) -> LabelledItem:
    return LabelledItem(
        id=f"correction-{article.id}",
        lang=article.lang or "und",
        outlet_kind="",
        outlet_region="",
        published=article.published_at or article.first_seen_at,
        title=article.title,
        text=article.text,
        cooperation=label,
        topics=topics,
        pairs=(),
        agreements=agreements,
        stage="none",
        hard="",
    )


# --- a new run beside the current one ---


def begin(app: App, model: str = "", since: date | None = None) -> tuple[Tagging, Candidate]:
    """The run of a model beside the current one, begun or found, and what carries it on.

    `model`: a kind, for the one trained last, or a fingerprint; empty: the kind of the settings.
    Errors: UsageError, as `reclassify.begin`; ModelError when there is no such model.
    """
    fingerprint = _fingerprint(app, model)
    classifier = app.models.classifier_of(fingerprint)
    start = None if since is None else day_start(since, app.zone)
    with app.ready_db.begin() as tx:
        _check_topics(tx, app)
        candidate = stage.begin(tx, classifier, fingerprint, since=start, at=app.clock())
    return Tagging(app.ready_db, classifier, app.name_features, app.clock), candidate


def reclassify(
    app: App,
    given: Tagging,
    candidate: Candidate,
    *,
    embed: bool = False,
    spread: Spread | None = None,
    progress: Progress = silent,
) -> Reviewed:
    """Carry a run on to the last article and tell what it would change.

    `embed`: make missing vectors too; `spread`: over other processes.
    """
    candidate = stage.reclassify(given, candidate, spread=spread, progress=progress)
    if embed and candidate.waiting:
        stage.embed_waiting(given, candidate, progress=progress)
    return look(app, candidate.version)


def look(app: App, version: Version) -> Reviewed:
    """What a run beside the current one would change, as far as it has come. Reads only.

    Errors: UsageError when it is no such run.
    """
    with app.ready_db.reading() as tx:
        candidate = stage.get(tx, version)
        plan = _plan(tx, app)
        current, link = runs.current_version(tx, "tag"), runs.current_version(tx, "link")
        if current is None or link is None:
            return Reviewed(candidate, None, plan)
        return Reviewed(candidate, _difference(tx, app, current, candidate.version, link), plan)


def promote(app: App, version: Version, *, by: User | str = COMMAND_LINE) -> None:
    """Have a run count in place of the current one, in one transaction. `by`: who says so, for the log.

    Corrections are carried over to changed topics with it; changed articles are linked anew at the next turn.
    Errors: UsageError when the run is partial.
    """

    def also(tx: Tx, base: Version, new: Version) -> None:
        forget_changed(tx, base.id, new.id)
        carry(tx, _plan(tx, app), at=app.clock())
        log_action(tx, by, Action.PROMOTE, f"tag {new.fingerprint}", app.clock())

    with app.ready_db.begin() as tx:
        stage.promote(tx, version, at=app.clock(), also=also)
    _forget_models(app)


def to_be_said_anew(app: App) -> list[tuple[Correction, list[TopicId]]]:
    """Corrections of split or merged topics that only a person can carry over, with the topics to choose."""
    today = became(app.taxonomy_changes)
    with app.ready_db.begin() as tx:
        return [(one, list(today[TopicId(one.value)])) for one in _plan(tx, app).waiting]


def _plan(tx: Tx, app: App) -> Plan:
    changes = app.taxonomy_changes
    return plan(tx, became(changes), lambda topic, is_yes: carried(topic, is_yes=is_yes, changes=changes))


def drop(app: App, model: str = "", *, by: User | str = COMMAND_LINE) -> Version:
    """Forget a run beside the current one; without a model the only one there is. It gives that run.

    Errors: UsageError when there is none, or several and none is named.
    """
    fingerprint = _fingerprint(app, model) if model else ""
    with app.ready_db.begin() as tx:
        found = [candidate.version for candidate in stage.candidates(tx)]
        if fingerprint:
            named = runs.find_version(tx, "tag", fingerprint)
            found = [] if named is None else [named]
        if len(found) != 1:
            names = ", ".join(version.fingerprint for version in found) or "none"
            raise UsageError(f"name the run to drop with --model; beside the current one there are: {names}")
        stage.drop(tx, found[0])
        log_action(tx, by, Action.DROP, f"tag {found[0].fingerprint}", app.clock())
    _forget_models(app)
    return found[0]


def _check_topics(tx: Tx, app: App) -> None:
    current = runs.current_version(tx, "tag")
    before = [] if current is None else runs.doc_of(tx, current).get("topics", [])
    lost = unexplained(before, app.register.topics, app.taxonomy_changes)
    if lost:
        raise UsageError(
            f"the current run knows {', '.join(lost)}, and topics.toml does not: say in "
            f"{app.home.config / 'taxonomy_changes.toml'} what became of them"
        )


def _fingerprint(app: App, model: str) -> str:
    with app.ready_db.begin() as tx:
        known = runs.find_version(tx, "tag", model) if model else None
    return model if known is not None else app.models.fingerprint(model or None)


def _forget_models(app: App) -> None:
    with app.ready_db.begin() as tx:
        needed = [candidate.version.fingerprint for candidate in stage.candidates(tx)]
        current = runs.current_version(tx, "tag")
    app.models.forget_all_but([*needed, *(() if current is None else (current.fingerprint,))])


def _difference(tx: Tx, app: App, current: Version, new: Version, link: Version) -> Difference:
    min_p = app.link_model.link_at
    before, after = Basis(current.id, link.id, min_p), Basis(new.id, link.id, min_p)
    return difference(tx, app, before, after, app.register)
