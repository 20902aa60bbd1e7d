"""The proof of a row: where the title holds the marks, where nobody marked any, and after an answer."""

from collections.abc import Callable
from html import unescape
from typing import Any

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.linking.tables import links
from monitor.reports.tokens import Action
from tests.make_reports import mogilev_report
from tests.web_world import World

_BY_PERSON = "Связь указал человек"


def test_where_the_title_names_the_parties_the_beginning_of_the_text_is_shown(
    made: Callable[..., World],
) -> None:
    def in_title(tx: Any) -> None:
        mark = {"place": "by-mogilev-region", "field": "title", "start": 0, "end": 7, "text": "Могилёв"}
        tx.execute(sa.update(links).values(evidence=[mark]))

    place = made(change=in_title)
    page = place.client.get(place.link(Action.PROOF)).text
    assert '<mark title="Могилёвская область">Могилёв</mark> ждёт гостей' in page
    assert "<blockquote>Накануне в Могилёве побывали гости." in page
    assert _BY_PERSON not in page


def test_a_link_that_only_a_person_made_says_so(made: Callable[..., World]) -> None:
    place = made(change=lambda tx: tx.execute(sa.update(links).values(evidence=[])))
    page = place.client.get(place.link(Action.PROOF)).text
    assert "<mark" not in page
    assert _BY_PERSON in page


def test_evidence_that_no_longer_fits_its_text_marks_nothing(made: Callable[..., World]) -> None:
    place = made(change=lambda tx: tx.execute(sa.update(articles).values(text="Коротко.", title="Т")))
    page = place.client.get(place.link(Action.PROOF)).text
    assert "<mark" not in page
    assert "<blockquote>Коротко.</blockquote>" in page


def test_after_an_answer_the_way_leads_back_to_the_row_which_shows_it(quick: World) -> None:
    link = quick.link(Action.MISSED, quick.gap)
    done = quick.client.post(link, data={"print_only": "Новь, 3 ноября, с. 2"}).text
    assert "пропущенное нами: 1 материал (только в печати — 1)" in done
    back = next(part for part in done.split('"') if part.startswith("/proof/"))
    assert back == quick.link(Action.PROOF, quick.gap)
    assert "назван пропущенный нами материал</li>" in quick.client.get(back).text


def test_a_reader_who_changes_the_language_reads_no_name_of_the_reports_language(quick: World) -> None:
    link, row = quick.link(Action.PROOF, quick.gap), quick.report.row(quick.gap)
    shown = {lang: unescape(quick.client.get(f"{link}?lang={lang}").text) for lang in ("ru", "be", "en")}
    theirs = {lang: mogilev_report(lang=lang).row(quick.gap) for lang in shown}
    for lang, page in shown.items():
        told, other = theirs[lang], theirs["ru" if lang != "ru" else "en"]
        for name in (*told.own_side, *told.other_side, *told.watched.silent_outlets, told.topic_titles[0]):
            assert name in page, (lang, name)
        assert told.members[0].title in page
        assert other.own_side[0] not in page
    assert row.own_side == theirs["ru"].own_side
    assert "Горецкий вестник" in row.watched.silent_outlets
    assert "Горецкий вестник" not in shown["en"]
