"""The newsroom's other pages: one number everywhere, cells lead to their rows, views are one's own."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
import sqlalchemy as sa

from monitor.core.ids import Week
from monitor.core.views import MOST, View, list_views
from monitor.crawl.tables import sources
from monitor.gaps.missed_store import list_missed
from monitor.gaps.store import find_origin, find_table, store_table
from monitor.reports.formats import FORMATS
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.types import Report
from monitor.web.pages import family as family_pages
from monitor.web.pages.overview import overview
from monitor.web.words import page_words
from tests.make_reports import mogilev_report, register
from tests.newsroom_world import PEOPLE, REGION, as_, mark_of, with_people
from tests.web_world import World


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    return made(change=with_people)


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_bar_holds_what_the_role_may_open_and_marks_the_page_that_is_shown(desk: World) -> None:
    bars = {}
    for name in PEOPLE:
        page = as_(desk, name).get("/overview?lang=en").text
        bar = page.split('<nav class="ways-bar"')[1].split("</nav>")[0]
        bars[name] = re.findall(r'href="([^"?]+)\?', bar)
        assert re.findall(r'href="([^"?]+)\?[^"]*" aria-current="page"', bar) == ["/overview"]
        for path in bars[name]:
            assert desk.client.get(path).status_code == 200, path
    assert set(bars["rita"]) == set(bars["ed"]) < set(bars["anna"])
    page = as_(desk, "rita").get(f"/family/{desk.covered}?{REGION}&lang=en").text
    assert re.findall(r'href="([^"?]+)\?[^"]*" aria-current="page"', page)[:1] == ["/gaps"]


def test_the_overview_has_the_numbers_of_the_table(desk: World) -> None:
    client, totals = as_(desk, "rita"), desk.report.totals
    page = client.get(f"/overview?{REGION}").text
    tally = dict(re.findall(r"state=(\w+)[^>]*><strong>(\d+)</strong>", page))
    assert {k: int(v) for k, v in tally.items()} == {
        "uncovered": totals.uncovered, "thin": totals.thin, "undecided": totals.undecided,
        "covered": totals.covered, "unmeasured": totals.unmeasured, "not_due": totals.not_due,
    }  # fmt: skip
    assert re.findall(r'href="/family/([^"?]+)', page)[:5] == list(desk.report.sections.gaps[:5])
    assert "Бобруйский голос: по адресу ленты ничего нет" in page
    assert "9 / 40" in page
    assert client.get("/overview?region=nowhere").status_code == 404


def changed(report: Report, n_new: int, n_closed: int) -> Report:
    """The report with so many of its own gaps new, the last ones, and so many other rows closed."""
    own = [row for row in report.rows if not row.is_national]
    gaps = [row.family for row in own if row.state == "uncovered"]
    others = [row.family for row in own if row.state != "uncovered"]
    new, closed = gaps[len(gaps) - n_new :], others[:n_closed]
    assert (len(new), len(closed)) == (n_new, n_closed)
    rows = tuple(
        replace(row, is_new=row.family in new, state="covered" if row.family in closed else row.state,
                is_closed=row.family in closed)
        for row in report.rows
    )  # fmt: skip
    return replace(report, rows=rows, has_previous=True)


@pytest.mark.parametrize(("n_new", "n_closed"), [(0, 0), (1, 1), (6, 6), (7, 8)])
def test_the_overview_says_of_all_that_it_counts_where_they_are(n_new: int, n_closed: int) -> None:
    report = changed(mogilev_report(lang="en"), n_new, n_closed)
    page = overview(report, (), register(), (), False)
    below = left(page.new_below)
    assert len(page.new) + below + left(page.more_new) == n_new == int(page.n_new)
    assert len(page.closed) + left(page.more_closed) == n_closed == int(page.n_closed)
    assert len(page.gaps) + left(page.more_gaps) == report.totals.uncovered
    assert (bool(page.more_closed), page.closed_url) == (n_closed > 5, f"/gaps?{REGION}&state=covered")
    in_gaps = {row.url for row in page.gaps}
    assert not in_gaps & {row.url for row in page.new}


def left(told: str) -> int:
    return int(told.partition(" ")[0]) if told else 0


@pytest.mark.parametrize(
    ("lang", "n", "told"),
    [
        ("ru", 1, "ещё 1 соглашение"), ("ru", 3, "ещё 3 соглашения"), ("ru", 11, "ещё 11 соглашений"),
        ("be", 1, "яшчэ 1 пагадненне"), ("be", 3, "яшчэ 3 пагадненні"), ("be", 11, "яшчэ 11 пагадненняў"),
        ("en", 1, "1 more agreement"), ("en", 3, "3 more agreements"),
    ],
)  # fmt: skip
def test_how_many_more_there_are_is_said_in_the_plural_of_the_language(lang: str, n: int, told: str) -> None:
    assert page_words(lang).count("n.more_agreements", n) == told


def test_the_overview_links_what_it_leaves_out(desk: World) -> None:
    page = as_(desk, "rita").get(f"/overview?{REGION}&lang=en").text
    n = desk.report.totals.uncovered - 5
    assert f'<a href="/gaps?{REGION}&amp;state=uncovered&amp;lang=en">{n} more agreements</a>' in page


def test_a_family_counts_what_it_does_not_list_apart_from_what_it_may_not_name(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = desk.covered
    proofs = [p for p in desk.report.articles if family in p.families]
    n_named = sum(p.is_named for p in proofs)
    assert n_named > 1
    client = as_(desk, "rita")
    whole = client.get(f"/family/{family}?{REGION}&lang=en").text
    assert "/search?agreement=" not in whole
    monkeypatch.setattr(family_pages, "ARTICLES_LIMIT", n_named - 1)
    page = client.get(f"/family/{family}?{REGION}&lang=en").text
    assert f'<a href="/search?agreement={family}&amp;lang=en">1 more story</a>' in page
    unnamed = re.compile(r"<p>\d+ stor\w+ in (?:a source|sources) that we do not name\.</p>")
    assert unnamed.findall(page) == unnamed.findall(whole)


def test_a_cell_of_the_matrix_counts_the_rows_that_it_leads_to(desk: World) -> None:
    client = as_(desk, "rita")
    page = client.get("/matrix?lang=en").text
    cells = re.findall(r'<a href="(/gaps\?[^"]+)" aria-label="[^"]+">(\d+) / (\d+)</a>', page)
    assert len(cells) > 5
    for url, found, due in cells:
        rows = rows_of(client.get(unescape(url).replace("/gaps?", "/gaps.csv?")).content)
        assert (sum(int(row["originals"]) > 0 for row in rows), len(rows)) == (int(found), int(due)), url


def test_the_workbook_holds_the_rows_of_the_sheet(desk: World) -> None:
    client = as_(desk, "rita")
    query = f"{REGION}&window=in13&sort=name"
    rows = rows_of(client.get(f"/gaps.csv?{query}").content)
    assert rows
    assert {row["last_on"] for row in rows} == {"2025-11-18"}
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/gaps.xlsx?{query}").content))
    sheets = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows(min_row=3)]
    assert [line[0] for line in sheets] == [row["family"] for row in rows]
    assert [str(line[5]) for line in sheets] == [row["originals"] for row in rows]
    linked = {line[0].value for line in book.worksheets[1].iter_rows(min_row=3)}
    assert linked == {row["family"] for row in rows}
    rest = rows_of(client.get(f"/gaps.csv?{REGION}&window=not13").content)
    every = rows_of(client.get(f"/gaps.csv?{REGION}").content)
    assert len(rest) + len(rows) == len(every)


def test_a_view_is_kept_under_a_name_for_its_owner_alone(desk: World) -> None:
    client = as_(desk, "rita")
    form = {
        "mark": mark_of(client),
        "query": f"{REGION}&state=thin&page=3&evil=1",
        "name": " Thin  ones ",
    }
    kept = client.post("/gaps?lang=en", data=form, follow_redirects=False)
    assert (kept.status_code, kept.headers["location"]) == (303, f"/gaps?{REGION}&state=thin&page=3&lang=en")
    page = client.get("/gaps?lang=en").text
    assert f'<a href="/gaps?{REGION}&amp;state=thin&amp;page=3&amp;lang=en">Thin ones</a>' in page
    assert "Thin ones" not in as_(desk, "ed").get("/gaps").text
    view = re.search(r'name="drop" value="(\d+)"', page)
    assert view
    other = as_(desk, "ed")
    other.post("/gaps", data={"mark": mark_of(other), "drop": view[1]})
    assert "Thin ones" in as_(desk, "rita").get("/gaps").text
    client.post("/gaps", data={"mark": mark_of(client), "drop": view[1]})
    assert "Thin ones" not in client.get("/gaps").text


def test_a_view_without_a_name_or_one_too_many_is_not_kept(desk: World) -> None:
    client = as_(desk, "rita")
    form = {"mark": mark_of(client), "query": REGION}
    assert client.post("/gaps", data={**form, "name": " "}).status_code == 422
    for number in range(MOST):
        assert client.post("/gaps", data={**form, "name": f"v{number:02}"}).status_code == 200
    assert client.post("/gaps", data={**form, "name": "one more"}).status_code == 422
    assert client.post("/gaps", data={**form, "name": "v00", "query": ""}).status_code == 200  # replaces
    with desk.app.ready_db.reading() as tx:
        people = re.findall(r"v\d\d", client.get("/gaps").text)
        views = list_views(tx, 3)
    assert sorted(set(people)) == [view.name for view in views] == [f"v{n:02}" for n in range(MOST)]
    assert all(isinstance(view, View) for view in views)


def test_outlets_tell_what_they_wrote_of_and_one_that_may_not_be_named_is_only_counted(desk: World) -> None:
    client = as_(desk, "rita")
    page = client.get(f"/outlets?{REGION}&lang=ru").text
    assert "1 издание, которое мы не называем" in page
    assert "Свободная нота" not in page
    assert "exile" not in page
    assert client.get("/outlet/exile").status_code == 404
    assert client.get("/outlet/nobody").status_code == 404
    own = client.get("/outlet/gorki?lang=ru").text
    covers, never = own.split("не писало ни разу")
    n = len(re.findall(r'href="/family/', never))
    assert len(re.findall(r'href="/family/', covers)) == 2
    assert f"2 из {n + 2}" in own
    counted = dict(re.findall(r'<a href="/outlet/(\w+)\?.*?data-label="Ни разу">([^<]+)<', page, re.DOTALL))
    assert (counted["quiet"], counted["gorki"]) == ("–", str(n))  # of who was hardly read nothing is said
    quiet = client.get("/outlet/quiet?lang=ru").text
    assert "не писало ни разу" not in quiet
    assert "мы в нём ничего не нашли, но и читали его мало" in quiet
    assert "читали недостаточно, чтобы назвать молчащим" in quiet


def test_sources_say_why_they_are_not_read_and_name_nobody_who_may_not_be_named(desk: World) -> None:
    client = as_(desk, "rita")
    page = client.get("/sources?lang=en&state=off").text
    assert "no feed address" in page
    assert client.get("/sources?lang=en").text.count("<tr>") == 11  # ten of the press and the head
    ill = client.get("/sources?lang=en&state=ill").text
    assert "there is nothing at the feed address" in ill
    assert "exile" not in client.get("/sources?lang=en").text


def test_sources_are_shown_as_they_stand_now_and_as_the_newest_table_has_watched_them(desk: World) -> None:
    client = as_(desk, "rita")

    def row() -> str:
        page = client.get("/sources?lang=en").text
        return page.split('<th scope="row"><a href="/outlet/gorki?')[1].split("</tr>")[0]

    assert '<td data-label="State">read</td>' in row()
    with desk.app.ready_db.begin() as tx:
        week = Week(desk.report.week)
        made, origin = find_table(tx, week, WINDOW_WEEKS), find_origin(tx, week, WINDOW_WEEKS)
        assert made is not None and origin is not None
        ill = tuple(replace(w, trouble="dns") if w.source == "gorki" else w for w in made.watch)
        store_table(
            tx,
            replace(made, watch=ill),
            tag_version_id=origin.tag_version_id,
            link_version_id=origin.link_version_id,
            at=origin.at + timedelta(hours=1),
        )
    assert "in trouble" in row()
    with desk.app.ready_db.begin() as tx:
        off = sa.update(sources).where(sources.c.id == "gorki")
        tx.execute(off.values(enabled=False, why_not="the paper has closed"))
    assert 'not read<span class="quiet">the paper has closed</span>' in row()


def test_a_family_says_what_its_stories_tell_of_in_the_readers_language(desk: World) -> None:
    family, client = desk.report.sections.covered[0], as_(desk, "rita")
    n = desk.report.row(family).counted.originals
    assert n == 3
    for lang, stages, depths in (
        ("ru", "из трёх)</dt><dd>итог — 2; подписание — 1", "стороны</dt><dd>в начале текста — 3"),
        ("be", "з трох)</dt><dd>вынік — 2; падпісанне — 1", "бакі</dt><dd>у пачатку тэксту — 3"),
        ("en", "out of three)</dt><dd>result – 2; signing – 1", "parties</dt><dd>at the beginning – 3"),
    ):
        page = client.get(f"/family/{family}?{REGION}&lang={lang}").text
        assert (stages in page, depths in page) == (True, True), lang


def test_a_family_shows_its_year_with_copies_folded_and_nobody_unnamed(desk: World) -> None:
    family = desk.report.sections.thin[0]
    page = as_(desk, "rita").get(f"/family/{family}?{REGION}&lang=en").text
    drawn = page.split("<svg")[1].split("</svg>")[0]
    proofs = [p for p in desk.report.articles if family in p.families]
    assert drawn.count('class="story"') == sum(p.is_original for p in proofs)
    assert drawn.count('class="copy"') == sum(not p.is_original for p in proofs)
    assert drawn.count("A story in a source that we do not name") == sum(not p.is_named for p in proofs)
    n_copies = sum(p.is_named and not p.is_original for p in proofs)
    assert n_copies
    assert f"Reprints and translations: {n_copies}</summary>" in page
    lists = page.split('<ol class="found">')[1:]
    assert sum(part.count("<h3") for part in lists) == sum(p.is_named for p in proofs)


def test_reports_are_shown_as_mailed_without_anybodys_links(desk: World) -> None:
    client = as_(desk, "rita")
    listed = client.get("/archive").text
    assert f'href="/report/{desk.report.id}"' in listed
    page = client.get(f"/report/{desk.report.id}")
    assert (page.status_code, desk.report.region_name in page.text) == (200, True)
    assert not re.search(r"/(?:proof|answer|account|leave)/", page.text)
    assert "data:image/png" in page.text
    for form in ("text", "xlsx", "csv", "json"):
        file = client.get(f"/report/{desk.report.id}?form={form}")
        assert file.content == FORMATS[form].render(desk.report), form
    assert client.get(f"/report/{desk.report.id}?form=exe").status_code == 404
    assert client.get("/report/2020-W01-nowhere-ru").status_code == 404


def test_a_story_that_somebody_names_is_walked_to_the_stage_that_lost_it(desk: World) -> None:
    client = as_(desk, "rita")
    form = {"mark": mark_of(client), "url": "https://gorki.example/news/never-seen"}
    page = client.post("/missed?lang=en", data=form).text
    assert "Gorki" in page or "gorki" in page
    assert "What became of it" in page
    with desk.app.ready_db.reading() as tx:
        (said,) = list_missed(tx)
    assert (said.url, said.who, said.source_id) == ("https://gorki.example/news/never-seen", "rita", "gorki")
    bad = {**form, "url": "javascript:alert(1)"}
    assert client.post("/missed", data=bad).status_code == 422
    assert client.post("/missed", data={**form, "agreement": "AGR-9999"}).status_code == 422
    assert client.post("/missed", data={**form, "print_only": "too"}).status_code == 422
    for number in range(30):
        client.post("/missed", data={"mark": form["mark"], "print_only": f"Kraj, page {number}"})
    page = client.get("/missed?lang=en").text
    assert (page.count("<li>Kraj") + page.count(": Kraj"), "<li>1 more story</li>" in page) == (30, True)


@pytest.mark.parametrize("path", ["/overview", "/gaps", "/outlets"])
def test_a_young_installation_speaks_of_the_weeks_that_it_has_watched(desk: World, path: str) -> None:
    page = as_(desk, "rita").get(f"{path}?{REGION}&lang=ru").text
    assert "9 недель" in page
    assert "52 недел" not in page
    assert "за год" not in page


def test_the_list_of_reports_names_their_weeks_by_days(desk: World) -> None:
    page = as_(desk, "rita").get("/archive?lang=en").text
    assert f'<a href="/report/{desk.report.id}">17–23 November 2025</a>' in page
