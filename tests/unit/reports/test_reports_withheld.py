"""A stored report is shown as it would be made today: outlets listed since are neither named nor linked."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from monitor.core.db import Db, metadata
from monitor.core.errors import InputError
from monitor.crawl.sources import Restricted
from monitor.crawl.types import Source
from monitor.reports.formats import FORMATS
from monitor.reports.outbox import put_out, send_due
from monitor.reports.smtp import Delivery, Sent
from monitor.reports.subscribers import add_subscriber
from monitor.reports.types import Report
from monitor.reports.withheld import withheld
from monitor.reports.withhold import Withholding
from monitor.wiring import mailing
from monitor.wiring.withholding import for_mails
from tests.desk_world import Desk, desk
from tests.make_reports import MOGILEV, PRESS, mogilev_report
from tests.web_world import NOW

SENDER = "monitor@desk.example"
NAMES = ("Приднепровская новь", "daily.example")  # nothing of this may be left


def listed(**what: str) -> Restricted:
    """One row of the list."""
    row = {"host": "", "title": "", "channel": "", **what}
    return Restricted(since=date(2025, 11, 20), why="a test", **row)


HOST, TITLE = listed(host="daily.example"), listed(title="Приднепровская новь")


def today(report: Report, *rules: Restricted, sources: tuple[Source, ...] = PRESS) -> Report:
    """The stored report under these rules."""
    return withheld(report, Withholding(sources, rules, "en" if report.lang == "en" else "ru"))


def changed(**changes: object) -> tuple[Source, ...]:
    """The press with one outlet changed."""
    return tuple(replace(one, **changes) if one.id == "daily" else one for one in PRESS)  # type: ignore[arg-type]


def without_silence(report: Report) -> Report:
    """`build` names others in place of silent outlets that it may not name."""
    mute = {"silent_outlets": (), "silent_sources": ()}
    rows = (replace(row, watched=replace(row.watched, **mute)) for row in report.rows)
    return replace(report, rows=tuple(rows))


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_where_nothing_was_listed_a_report_is_as_it_was(lang: str) -> None:
    report = mogilev_report(lang=lang)
    assert any(proof.is_named for proof in report.articles)
    assert today(report) == report
    bound = mogilev_report(lang=lang, restricted=(HOST,))
    assert today(bound) == bound  # and what was withheld stays so


@pytest.mark.parametrize(
    "rule", [HOST, TITLE, listed(host="agency.example")], ids=["host", "title", "agency"]
)
def test_what_is_shown_is_what_would_be_made_today(rule: Restricted) -> None:
    report = mogilev_report()
    shown, made = today(report, rule), mogilev_report(restricted=(rule,))
    assert without_silence(shown) == without_silence(made) != without_silence(report)
    for row in shown.rows:
        assert set(row.watched.silent_outlets) <= set(made.row(row.family).watched.silent_outlets)
        assert set(row.watched.silent_sources) <= set(made.row(row.family).watched.silent_sources)


def test_an_outlet_that_is_counted_only_since_is_withheld_as_a_listed_one() -> None:
    sources = changed(show="count_only")
    assert without_silence(today(mogilev_report(), sources=sources)) == without_silence(
        mogilev_report(sources=sources)
    )


def test_a_host_in_a_title_is_cut_out_and_the_story_stays() -> None:
    report = mogilev_report()
    first = next(proof for proof in report.articles if proof.is_named)
    named = replace(first, title="Пишет bad.example о заводе")
    told = replace(report, articles=tuple(named if one is first else one for one in report.articles))
    (after,) = (
        one for one in today(told, listed(host="bad.example")).articles if one.article == first.article
    )
    assert (after.title, after.url) == ("Пишет […] о заводе", first.url)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("bad.example: завод открыт", "[…]: завод открыт"),
        ("Завод открыт, www.bad.example", "Завод открыт, www.[…]"),
        ("notbad.example и bad.example", "notbad.example и […]"),  # another host before it
        ("Bad.Example, t.me/badnews и @badnews", "[…], […] и […]"),
        ("@badnewsman о Weißbad и bad.example", "[…]"),  # letters that fold to two: nothing of it is told
        ("@badnewsman и bad.example.by", "@badnewsman и […].by"),
    ],
)
def test_every_listed_host_and_channel_of_a_title_is_cut_out_and_no_other(title: str, expected: str) -> None:
    rules = (listed(host="bad.example"), listed(channel="@badnews"))
    assert Withholding(PRESS, rules, "ru").quote(title) == expected


def test_an_outlet_named_anew_is_known_by_its_host_and_one_that_is_gone_is_not_named() -> None:
    report = mogilev_report()
    assert today(report, sources=changed(name="Новь", name_en="Nov")) == report
    by_new_name = today(report, listed(title="Новь"), sources=changed(name="Новь", name_en="Nov"))
    assert "Приднепровская новь" not in str(by_new_name)
    gone = tuple(one for one in PRESS if one.id != "daily")
    assert "Приднепровская новь" not in str(today(report, sources=gone))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("rule", [HOST, TITLE], ids=["host", "title"])
def test_no_format_of_a_stored_report_names_or_links_it(name: str, rule: Restricted) -> None:
    before, after = (
        plain(FORMATS[name].render(one)) for one in (mogilev_report(), today(mogilev_report(), rule))
    )
    assert any(one in before for one in NAMES)
    assert not any(one in after for one in NAMES)


def plain(content: bytes) -> str:
    """What a file says, unpacked where it is a workbook."""
    if content[:2] != b"PK":
        return content.decode()
    with ZipFile(BytesIO(content)) as book:
        return "\n".join(book.read(one).decode() for one in book.namelist())


class Kept:
    """A way out that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
        del sender, recipient
        parts = message_from_bytes(data, policy=policy.default).walk()
        held = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
        self.mails.append(
            "\n".join(plain(one) for one in held if isinstance(one, bytes) and one[1:4] != b"PNG")
        )
        return Sent()


@contextmanager
def queued(folder: Path) -> Iterator[Desk]:
    """An installation with one report in the outbox for two readers."""
    db = Db(f"sqlite:///{folder / 'desk.sqlite'}")
    with desk(db, folder, NOW) as app:
        metadata.create_all(db.engine)
        app.ready_db, app.sources = db, PRESS
        with app.ready_db.begin() as tx:
            for name in ("one", "two"):
                add_subscriber(tx, email=f"{name}@paper.example", region=MOGILEV, lang="ru", at=NOW)
        put_out(db=app.ready_db, report=mogilev_report(), sender=SENDER, now=NOW)
        yield app
    db.close()


def list_it(app: Desk) -> None:
    """The operator lists the daily."""
    line = '\n[[restricted]]\nhost = "daily.example"\nsince = 2025-11-20\nwhy = "a test"\n'
    with (app.home.config / "restricted.toml").open("a", encoding="utf-8") as file:
        file.write(line)


def test_a_mail_that_waits_goes_out_without_an_outlet_that_was_listed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Kept()
    monkeypatch.setattr(mailing, "post", lambda _: nullcontext(post))
    monkeypatch.setattr(mailing, "pace", lambda _: lambda: None)
    with queued(tmp_path) as app:
        assert mailing.send(app, lambda *_: list_it(app))["sent"] == 2
    first, second = post.mails
    assert all(one in first for one in NAMES)
    assert not any(one in second for one in NAMES)
    assert "agency.example" in second


def test_no_mail_goes_out_under_a_list_that_cannot_be_read(tmp_path: Path) -> None:
    with queued(tmp_path) as app:
        (app.home.config / "restricted.toml").unlink()
        post = Kept()
        counts = send_due(
            db=app.ready_db,
            post=post,
            clock=app.clock,
            sender=SENDER,
            on_unknown="hold",
            withhold=for_mails(app),
        )
        assert (counts, post.mails) == ({"crashed": 2}, [])
        with pytest.raises(InputError):
            for_mails(app)(mogilev_report())


def test_a_listed_title_is_not_printed_beside_the_link_of_an_outlet_that_may_be_named() -> None:
    withholding = Withholding(PRESS, (listed(title="Чужая нота"),))
    assert withholding.may_print("Новое имя", "https://daily.example/1")  # of an outlet that was renamed
    assert not withholding.may_print("ЧУЖАЯ нота", "https://daily.example/1")
