"""How the guards of `tests/chaos/guards.py` are switched off in the running process."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib import import_module
from typing import Any


def put(place: str, name: str, value: object) -> Callable[[], None]:
    """Puts `value` in the place of an attribute of a module or of a class in it (module:Class)."""

    def off() -> None:
        module, _, owner = place.partition(":")
        found: Any = import_module(module)
        setattr(getattr(found, owner) if owner else found, name, value)

    return off


def gives(value: object) -> Callable[..., object]:
    return lambda *args, **named: value


def raises(*args: object, **named: object) -> None:
    raise RuntimeError("the guard is off")


def commit_each_statement() -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.exc import DBAPIError

    def commit(connection: Any, cursor: Any, statement: str, *rest: object) -> None:
        if statement.split(maxsplit=1)[0] not in ("INSERT", "UPDATE", "DELETE"):
            return
        with suppress(DBAPIError, Exception):  # a statement that still gives rows cannot be committed yet
            connection.connection.commit()
            if connection.dialect.name == "sqlite":
                connection.connection.execute("BEGIN IMMEDIATE")

    event.listen(Engine, "after_cursor_execute", commit)


def always_our_turn() -> None:
    @contextmanager
    def turn(db: object) -> Iterator[bool]:
        yield True

    put("monitor.reports.outbox", "sending_turn", turn)()


def never_connect_again() -> None:
    from monitor.reports.smtp import Delivery, NotSent, SmtpPost

    send, at_it = SmtpPost.send, set[int]()

    def once(self: SmtpPost, **mail: Any) -> Delivery:
        if id(self) in at_it:
            return NotSent("the server has hung up")
        at_it.add(id(self))
        try:
            return send(self, **mail)
        finally:
            at_it.discard(id(self))

    put("monitor.reports.smtp:SmtpPost", "send", once)()


def take_without_catching() -> None:
    def take(self: Any) -> bool:
        return bool(self._lease.take(self._frame.clock()))

    put("monitor.service.service:Service", "_take", take)()


def begin_once() -> None:
    def begin(self: Any, lanes: Any, clockwork: Any, ending: Any) -> None:
        for job in self._missed():
            lanes.run(job)
        clockwork.start()

    put("monitor.service.service:Service", "_begin", begin)()


def renew_or_lose() -> None:
    module = import_module("monitor.core.lease")
    renew, refused = module.RowLease.renew, import_module("monitor.core.errors").StorageError

    def strict(self: Any) -> bool:
        self._renewed_at = -math.inf
        try:
            return bool(renew(self))
        except refused:
            return False

    module.RowLease.renew = strict


def drop_late_ticks() -> None:
    scheduler = import_module("apscheduler.schedulers.background").BackgroundScheduler
    add = scheduler.add_job

    def dropping(self: Any, *args: object, **named: Any) -> object:
        named.pop("misfire_grace_time", None)
        return add(self, *args, **named)

    scheduler.add_job = dropping


def begin_reading() -> None:
    db = import_module("monitor.core.db").Db
    db.begin = db.reading


def keep_dead_workers() -> None:
    pool = import_module("monitor.core.workers").WorkerPool
    give_back = pool._give_back
    pool._give_back = lambda self, worker, is_well: give_back(self, worker, True)


def wait_for_ever() -> None:
    worker = import_module("monitor.core.workers")._Worker
    ask = worker.ask
    worker.ask = lambda self, question, deadline_s: ask(self, question, max(deadline_s, 15.0))


def believe_the_future() -> None:
    runs = import_module("monitor.core.runs")
    last_done, ahead = runs.last_done, timedelta(days=3650)
    runs.last_done = lambda tx, job, now: last_done(tx, job, now=now + ahead)


def settle_page_unguarded() -> None:
    pages = import_module("monitor.crawl.pages")

    def settle(tools: Any, answer: Any, counts: Any) -> None:
        pages._record(tools, pages._decision(answer), counts)

    pages._settle = settle
