"""The newsroom's pages of administrators: work is begun, looked at and promoted by them alone."""

import json
import re
import shutil
import threading
from collections.abc import Callable
from functools import partial
from html import unescape

import pytest
import sqlalchemy as sa

from monitor.articles.judging_tables import reclassifications
from monitor.articles.tables import taggings
from monitor.core.audit_log import COMMAND_LINE, Action, list_actions
from monitor.core.db import Tx
from monitor.core.runs import Version, current_version, find_version, versions
from monitor.core.shipped import config_dir
from monitor.jobs import Job
from monitor.reports.subscribers import of_address
from monitor.web import counting
from monitor.web.background import Background
from monitor.web.desk import Desk
from monitor.wiring import judging, promoting
from monitor.wiring.promoting import Beside, Standings
from tests.newsroom_world import as_, mark_of, with_people
from tests.web_world import NOW, World, stored_articles


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    return made(change=with_people)


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_the_pages_of_an_admin_speak_three_languages(desk: World, lang: str) -> None:
    client = as_(desk, "anna")
    paths = ["/runs", "/register", "/agreement/AGR-0001", "/subscribers", "/archive", "/missed"]
    for path in paths:
        page = client.get(f"{path}?lang={lang}")
        assert page.status_code == 200, path
        assert f'<html lang="{lang}">' in page.text
        assert not re.search(r">\w+\.\w+_\w+<", page.text)  # a key instead of words


def test_an_admin_pauses_and_ends_a_subscription(desk: World) -> None:
    client = as_(desk, "anna")
    form = {"mark": mark_of(client), "subscriber": str(desk.reader.id)}
    assert client.post("/subscribers", data={**form, "do": "pause", "until": "2025-11-01"}).status_code == 422
    page = client.post("/subscribers", data={**form, "do": "pause", "until": "2025-12-24"}).text
    assert "пауза до 24 декабря 2025" in page
    client.post("/subscribers", data={**form, "do": "resume"})
    client.post("/subscribers", data={**form, "do": "end"})
    assert client.post("/subscribers", data={**form, "subscriber": "99", "do": "end"}).status_code == 422
    with desk.app.ready_db.reading() as tx:
        (held,) = of_address(tx, desk.reader.email)
        logged = [one.subject for one in list_actions(tx, limit=9, action=Action.SUBSCRIBER)]
    assert (held.active, held.paused_until) == (False, None)
    number = desk.reader.id
    assert logged == [f"{number}: ended", f"{number}: paused until -", f"{number}: paused until 2025-12-24"]


def test_every_agreement_of_the_register_is_on_one_of_its_pages(desk: World) -> None:
    client, seen, url = as_(desk, "anna"), [], "/register?lang=en"
    total = len(desk.app.register.agreements)
    while url:
        assert len(seen) < total
        page = client.get(url).text
        found = re.findall(r'<a href="/agreement/([^"?]+)\?lang=en"', page)
        assert f"{len(seen) + 1}–{len(seen) + len(found)} of {total}" in page
        seen += found
        after = re.search(r'<a href="([^"]+)" rel="next">Next page', page)
        url = unescape(after[1]) if after else ""
    assert seen == list(desk.app.register.agreements)
    assert 'rel="prev">Previous page' in page


def test_a_page_of_the_register_keeps_the_words_that_were_looked_for(desk: World) -> None:
    client = as_(desk, "anna")
    first = client.get("/register", params={"find": "AGR zz&", "lang": "be"}).text
    assert ("Пагаднення з такімі словамі няма." in first, 'class="ways"' in first) == (True, False)
    page = client.get("/register", params={"find": "agr", "page": "2", "lang": "be"}).text
    assert '<a href="/register?find=agr&amp;page=1&amp;lang=be" rel="prev">Папярэдняя старонка</a>' in page
    assert '<a href="/register?find=agr&amp;page=3&amp;lang=be" rel="next">Наступная старонка</a>' in page


@pytest.mark.parametrize(
    "asked, shown", [("0", "first"), ("-1", "first"), ("x", "first"), ("9" * 30, "last")]
)
def test_a_page_that_the_register_has_not_is_answered_as_the_table_of_gaps_does(
    desk: World, asked: str, shown: str
) -> None:
    page = as_(desk, "anna").get(f"/register?page={asked}&lang=ru")
    total = len(desk.app.register.agreements)
    start = 1 if shown == "first" else total - (total - 1) % 60
    assert page.status_code == 200
    assert f"{start}–{min(start + 59, total)} из {total}" in page.text


def test_only_admins_start_work_and_edit_the_register(desk: World) -> None:
    for name in ("rita", "ed"):
        client = as_(desk, name)
        mark = mark_of(client)
        assert "start" not in re.findall(r'name="(\w+)"', client.get("/runs").text)
        assert client.post("/runs", data={"mark": mark, "start": "count"}).status_code == 403
        assert client.post("/run/tag/x", data={"mark": mark, "decide": "drop"}).status_code == 403
        for path in ("/register", "/agreement/AGR-0001", "/subscribers"):
            assert client.get(path).status_code == 403, path
            assert client.post(path, data={"mark": mark}).status_code in (403, 405), path
    client = as_(desk, "anna")
    assert client.get("/run/tag/nothing").status_code == 404
    assert client.post("/runs", data={"mark": mark_of(client), "start": "x"}).status_code == 422


@pytest.mark.slow  # the register is read and checked several times
def test_an_agreement_is_checked_and_shown_before_anything_is_written(desk: World) -> None:
    shutil.copytree(config_dir(), desk.app.home.root / "config")
    client, path = as_(desk, "anna"), "/agreement/AGR-0001?lang=en"
    page = client.get(path).text
    fields = dict(re.findall(r'<textarea class="cells" id="(\w+)"[^>]*>\n([^<]*)</textarea>', page))
    based_on = re.search(r'name="based_on" value="(\w+)"', page)
    assert based_on
    form = {"mark": mark_of(client), "based_on": based_on[1], "do": "check"}
    form |= {name: unescape(value) for name, value in fields.items()}
    file = desk.app.home.config / "register" / "agreements.jsonl"
    before = file.read_bytes()
    assert client.post(path, data=form).status_code == 422  # nothing was changed
    bad = client.post(path, data={**form, "signed": "yesterday", "kind": "poem"})
    assert (bad.status_code, "signed" in bad.text, "poem" in bad.text) == (422, True, True)
    shown = client.post(path, data={**form, "notes": "<b>seen</b> in May"}).text
    assert "What will change" in shown
    assert "&lt;b&gt;seen&lt;/b&gt; in May" in shown
    lock = desk.app.home.root / "register.lock"
    lock.mkdir()  # as where the home cannot be written
    closed = client.post(path, data={**form, "notes": "seen in May", "do": "save"})
    assert (closed.status_code, f"{lock}: cannot be written" in unescape(closed.text)) == (409, True)
    assert file.read_bytes() == before
    lock.rmdir()
    saved = client.post(path, data={**form, "notes": "seen in May", "do": "save"})
    assert saved.status_code == 200
    assert "What counts stays as it is until the links of the changed register are promoted" in saved.text
    assert "config/ differs from the one that counts" in client.get("/runs?lang=en").text
    now = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    then = [json.loads(line) for line in before.decode().splitlines()]
    assert [row for row in now if row not in then] == [then[0] | {"notes": "seen in May"}]
    stale = client.post(path, data={**form, "notes": "seen in June", "do": "save"})
    assert stale.status_code == 409
    assert ("last edit: anna" in stale.text, "seen in June" in stale.text) == (True, True)
    with desk.app.ready_db.reading() as tx:
        (logged,) = list_actions(tx, limit=1)
    assert (logged.who, logged.action, logged.subject[:9]) == ("anna", Action.REGISTER_EDIT, "AGR-0001:")


@pytest.mark.slow  # the register is read and checked several times
def test_a_slip_does_not_hide_what_somebody_has_saved_since_the_form_was_opened(desk: World) -> None:
    shutil.copytree(config_dir(), desk.app.home.root / "config")
    client, path = as_(desk, "anna"), "/agreement/AGR-0001?lang=en"

    def based_on(page: str, name: str = "based_on") -> str:
        (found,) = re.findall(rf'name="{name}" value="(\w+)"', page)
        return str(found)

    page = client.get(path).text
    fields = dict(re.findall(r'<textarea class="cells" id="(\w+)"[^>]*>\n([^<]*)</textarea>', page))
    form = {name: unescape(value) for name, value in fields.items()}
    form |= {"mark": mark_of(client), "based_on": based_on(page), "do": "save"}
    form |= {"opened": based_on(page, "opened")}
    theirs = {"notes": "seen by another", "title": "Renamed by another"}
    assert client.post(path, data={**form, **theirs}).status_code == 200
    slips = ({"signed": "31.31.2026"}, {"kind": "poem"}, theirs)
    for slip in slips:
        answer = client.post(path, data={**form, **slip})
        assert (answer.status_code, based_on(answer.text)) == (422, form["based_on"]), slip
        assert based_on(answer.text, "opened") == form["opened"]
    late = client.post(path, data={**form, "notes": "seen in <b>June</b>"})
    assert (late.status_code, based_on(late.text) == form["based_on"]) == (409, False)
    assert "last edit: anna" in late.text
    assert "seen in &lt;b&gt;June&lt;/b&gt;</textarea>" in late.text
    assert late.text.count("readonly") == 1  # what this reader changed, and not the title as it was before
    row = json.loads(
        (desk.app.home.config / "register" / "agreements.jsonl").read_text("utf-8").split("\n")[0]
    )
    assert row["notes"] == "seen by another"


def with_a_run_beside(tx: Tx) -> None:
    """Another model has judged every article but the last."""
    with_people(tx)
    version = {"id": 3, "stage": "tag", "fingerprint": "tag-2", "created_at": NOW, "is_current": False}
    tx.execute(sa.insert(versions).values(**version, doc={}))
    tx.execute(
        sa.insert(reclassifications).values(
            version_id=3, base_id=1, since=None, started_at=NOW, last_article_id=10**6, doc={}
        )
    )
    judge(tx, stored_articles(tx)[:-1])


def judge(tx: Tx, ids: list[int]) -> None:
    tx.execute(
        sa.insert(taggings),
        [
            {"article_id": i, "version_id": 3, "gate_p": 0.9, "label": True, "names": [], "reason": ""}
            for i in ids
        ],
    )


@pytest.mark.slow  # the register is read and checked several times
def test_a_run_is_looked_at_promoted_when_it_is_complete_and_dropped_by_an_admin(
    made: Callable[..., World],
) -> None:
    place = made(change=with_a_run_beside)
    assert "tag-2" in as_(place, "rita").get("/runs").text
    seen = place.client.get("/run/tag/tag-2?lang=en").text
    assert "1 article is still to be done" in seen
    assert 'name="decide"' not in seen
    client = as_(place, "anna")
    form = {"mark": mark_of(client), "decide": "promote"}
    early = client.post("/run/tag/tag-2?lang=en", data=form)
    assert (early.status_code, "it is not complete" in early.text) == (409, True)
    with place.app.ready_db.begin() as tx:
        judge(tx, stored_articles(tx)[-1:])
    assert client.post("/run/tag/tag-2", data=form, follow_redirects=False).status_code == 303
    with place.app.ready_db.reading() as tx:
        now = current_version(tx, "tag")
        (logged,) = list_actions(tx, limit=1)
    assert now is not None
    assert (now.fingerprint, logged.who, logged.action, logged.subject) == (
        "tag-2", "anna", Action.PROMOTE, "tag tag-2",
    )  # fmt: skip
    assert client.post("/run/tag/tag-2", data={**form, "decide": "drop"}).status_code == 404  # it counts now


@pytest.mark.slow  # the register is read several times
def test_what_a_command_promotes_stands_in_the_log_too(made: Callable[..., World]) -> None:
    place = made(change=with_a_run_beside)
    with place.app.ready_db.begin() as tx:
        judge(tx, stored_articles(tx)[-1:])
        version = find_version(tx, "tag", "tag-2")
    assert version is not None
    judging.promote(place.app, version)
    with place.app.ready_db.reading() as tx:
        (logged,) = list_actions(tx, limit=1)
    assert (logged.who, logged.action, logged.subject) == (COMMAND_LINE, Action.PROMOTE, "tag tag-2")


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ((), ": make its links"),
        ((("link", 3),), ": make its links"),
        ((("tag", 0),), ": make its links"),
        ((("link", 0),), "; its links below show"),
    ],
)
def test_links_that_are_made_already_are_not_asked_for(
    desk: World, monkeypatch: pytest.MonkeyPatch, beside: tuple[tuple[str, int], ...], told: str
) -> None:
    runs = tuple(Beside(Version(7, stage, "new"), n) for stage, n in beside)
    found = Standings({"tag": "tag-1", "link": "link-1"}, runs, True, 0)
    monkeypatch.setattr(promoting, "standings", lambda _app: found)
    page = as_(desk, "anna").get("/runs?lang=en").text
    assert f"The register in config/ differs from the one that counts{told}" in page


def test_work_that_is_begun_on_a_page_goes_on_behind_it_one_piece_at_a_time() -> None:
    background, gate = Background(), threading.Event()
    assert background.start("first", gate.wait)
    assert not background.start("second", gate.wait)
    assert background.running == "first"
    gate.set()
    assert background.wait(5)
    assert background.running == ""
    assert background.start("third", lambda: 1 / 0)  # its fault ends it and nothing else
    assert background.wait(5)


def test_work_that_is_asked_for_while_other_work_goes_on_follows_it_once() -> None:
    background, begun, gate = Background(), threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        assert gate.wait(10)
        done.append("first")
        raise RuntimeError  # what follows comes all the same

    background.start_or_follow("count", first)
    assert begun.wait(10)
    for name in ("second", "third"):  # what waits would find the same as the later one
        background.start_or_follow("count", partial(done.append, name))
    assert not background.wait(0.01)
    gate.set()
    assert background.wait(10)
    assert (done, background.running) == (["first", "third"], "")


def test_a_count_that_was_begun_before_a_change_is_followed_by_one_that_has_it(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, begun, gate = Desk(), threading.Event(), threading.Event()
    counted: list[str] = []
    register = {"version": "first"}

    def count(_app: object, job: Job) -> None:
        said = register["version"]
        begun.set()
        assert gate.wait(10)
        counted.append(f"{job.name} of {said}")

    monkeypatch.setattr(counting, "run_job", count)
    counting.count_anew(desk.app, pages)
    assert begun.wait(10)
    register["version"] = "second"
    counting.count_anew(desk.app, pages)
    gate.set()
    assert pages.background.wait(10)
    assert counted == ["gaps.build of first", "gaps.build of second"]
