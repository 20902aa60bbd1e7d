"""An installation over a database that is there: settings as shipped, with an operator who is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.wiring import App

OPERATOR = "op@desk.example"


class Desk(App):
    """An App whose clock the test sets."""

    clock: SettableClock


@contextmanager
def desk(db: Db, folder: Path, now: datetime, *, lang: str = "ru") -> Iterator[Desk]:
    """`lang`: the first language of the installation, in which the operator is told."""
    home = Home(folder / "home")
    home.create()
    text = home.settings_file.read_text("utf-8")
    for said, meant in (
        ("sqlite:///monitor.sqlite", db.engine.url.render_as_string(hide_password=False)),
        ('operator = ""', f'operator = "{OPERATOR}"'),
        ('languages = ["ru", "be", "en"]', f'languages = ["{lang}"]'),
    ):
        assert said in text, said
        text = text.replace(said, meant)
    home.settings_file.write_text(text, "utf-8")
    made = Desk(home, clock=SettableClock(now), environment=False)
    try:
        yield made
    finally:
        made.close()
