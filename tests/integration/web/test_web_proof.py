"""The proof of a row: where the title holds the marks, where nobody marked any, and after an answer."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.linking.tables import links
from monitor.reports.tokens import Action
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
