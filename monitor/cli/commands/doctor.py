"""`monitor doctor`: finds what is wrong with an installation and says what to do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Annotated

import typer

from monitor.cli.context import Context, of
from monitor.core import schema
from monitor.core.errors import MonitorError
from monitor.core.settings import keys_left_out
from monitor.crawl.health import Trouble, trouble_class, trouble_line
from monitor.crawl.history import last_good_poll
from monitor.register.load import load_register
from monitor.wiring import App
from monitor.wiring.ailments import ailments
from monitor.wiring.check import config_errors
from monitor.wiring.outlets import standing_troubles
from monitor.wiring.waiting import waiting_models
from monitor.wiring.watching import fullest

_SOME = 5  # outlets named
_LOW_DISK = 1_000_000_000  # bytes; a week of 300 sources takes about a tenth of it


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is well, odd or wrong."""

    level: str  # ok | warn | bad
    what: str


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option(help="Print only what is odd or wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check settings, register, database, model and sources; exit 1 when something is wrong."""
    ours = of(context)
    # dict: what stops two checks alike is said once
    findings = list(dict.fromkeys(finding for check in _CHECKS for finding in _run(check, ours)))
    if as_json:
        ours.print_json([{"level": f.level, "what": f.what} for f in findings])
    else:
        for finding in findings:
            if not (quiet and finding.level == "ok"):
                typer.echo(f"{finding.level:<5}{finding.what}")
    if any(f.level == "bad" for f in findings):
        raise typer.Exit(1)


def _run(check: Callable[[Context], Iterator[Finding]], ours: Context) -> list[Finding]:
    """A check that cannot go on is itself a finding; the other checks still run."""
    try:
        return list(check(ours))
    except MonitorError as error:
        return [Finding("bad", str(error))]


def _settings(ours: Context) -> Iterator[Finding]:
    settings = ours.app.settings
    where = "" if ours.home.exists else " (shipped ones: no home folder yet, run `monitor init`)"
    yield Finding("ok", f"settings: {ours.home.settings_file}{where}")
    if left_out := keys_left_out(ours.home.settings_file):
        yield Finding("warn", f"settings: not in the file, so as shipped: {', '.join(left_out)}")
    if not settings.crawl.contact:
        yield Finding("warn", "crawl.contact is empty: newspapers cannot tell who asks them")
    if ours.app.allowed:
        yield Finding(
            "warn", f"private addresses may be fetched: {', '.join(settings.crawl.allow_addresses)}"
        )


def _register(ours: Context) -> Iterator[Finding]:
    register = ours.app.register
    yield Finding("ok", f"register {register.version}: {len(register.families)} families")
    if load_register(ours.home.config).version != register.version:
        yield Finding("warn", "config/ holds another register than the one that counts: run `monitor link`")
    enabled = sum(s.enabled for s in ours.app.sources)
    level = "ok" if enabled else "bad"
    yield Finding(level, f"sources: {len(ours.app.sources)} listed, {enabled} polled")


def _config(ours: Context) -> Iterator[Finding]:
    errors = list(config_errors(ours.home.config))
    yield from (Finding("bad", str(error)) for error in errors)
    if not errors:
        yield Finding("ok", "norms, word lists and rules can be read")


def _database(ours: Context) -> Iterator[Finding]:
    schema.require_current(ours.app.db)
    yield Finding("ok", f"database: {ours.app.db.shown_url}, schema {schema.head()}")


def _disk(ours: Context) -> Iterator[Finding]:
    try:
        database = ours.app.db.file
    except MonitorError:  # said by a check of its own
        database = None
    folder, free = fullest(ours.home, database)
    level = "warn" if free < _LOW_DISK else "ok"
    yield Finding(level, f"disk: {free / 1e9:.1f} GB free at {folder}")


def _model(ours: Context) -> Iterator[Finding]:
    if not ours.app.models.folder.is_dir():
        yield Finding("warn", "no trained model yet: `monitor train`, or the first `monitor tag` trains one")
        return
    yield Finding("ok", f"model: {ours.app.settings.model.kind} {ours.app.classifier.version}")
    if not ours.app.classifier.embedder:
        yield Finding("warn", "the n-gram model works alone: weaker, above all across languages")


def _runs(ours: Context) -> Iterator[Finding]:
    yield from (Finding("warn", told) for told in waiting_models(ours.app))


def _crawl(ours: Context) -> Iterator[Finding]:
    app: App = ours.app
    if edited := app.edited_sources():
        some = ", ".join(edited[:_SOME]) + (", ..." if len(edited) > _SOME else "")
        yield Finding(
            "warn",
            f"config/sources was edited since it was taken over ({len(edited)}: {some}); until "
            "`monitor init` the crawl goes by the older state",
        )
    with app.ready_db.begin() as tx:
        last = last_good_poll(tx)
    if last is None:
        yield Finding("warn", "nothing was crawled yet: `monitor crawl`")
    elif app.settings.newsroom.demo:
        yield Finding("ok", f"a demo, crawled up to {ours.moment(last)}; its news is invented")
    elif app.clock() - last > timedelta(days=1):
        yield Finding("bad", f"no good poll since {ours.moment(last)}")
    else:
        yield Finding("ok", f"last good poll {ours.moment(last)}")
    yield from _health(standing_troubles(app), app.zone)


def _health(found: Sequence[Trouble], zone: tzinfo) -> Iterator[Finding]:
    """One line for each class of trouble with its number, then one for each trouble, the longest first."""
    classes: dict[str, list[Trouble]] = {}
    for trouble in found:
        classes.setdefault(trouble_class(trouble), []).append(trouble)
    for name in sorted(classes):
        n_sources = len({trouble.source_id for trouble in classes[name]})
        yield Finding("warn", f"{name}: {n_sources} {'source' if n_sources == 1 else 'sources'}")
    for trouble in sorted(found, key=lambda one: (trouble_class(one), one.since, one.source_id)):
        yield Finding("warn", trouble_line(trouble, zone))


def _service(ours: Context) -> Iterator[Finding]:
    yield from (Finding(level, what) for level, what in ailments(ours.app))


_CHECKS = (_settings, _register, _config, _disk, _model, _database, _runs, _crawl, _service)
