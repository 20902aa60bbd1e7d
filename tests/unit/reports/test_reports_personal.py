"""Links of one reader: signed, only where pages are served, and nothing that a title could forge."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from bs4 import BeautifulSoup

from monitor.core.ids import FamilyId, TopicId
from monitor.gaps.types import State
from monitor.reports.build import build
from monitor.reports.formats import html, text
from monitor.reports.mail import message, render_parts
from monitor.reports.personal import ROW_ACTIONS, Linking, Links, fill, mark
from monitor.reports.plain import one_line
from monitor.reports.tokens import Action, Signer
from monitor.reports.types import Report
from tests.make_reports import (
    MOGILEV,
    PRESS,
    counts,
    facts_of,
    gap_row,
    mogilev_report,
    mogilev_table,
    register,
    table,
)

BASE = "https://monitor.desk.example"
SIGNER = Signer(b"k" * 32)
BEFORE_EXPIRY = datetime(2025, 12, 23, 20, 59, tzinfo=UTC)


def links(report: Report) -> Links:
    return Linking(SIGNER, BASE).of(report.id, report.to_on)


@pytest.fixture(scope="module")
def report() -> Report:
    return mogilev_report()


@pytest.fixture(scope="module")
def mail(report: Report) -> EmailMessage:
    sent = message(
        render_parts(report, is_linked=True),
        subscriber_id=7,
        recipient="editor@paper.example",
        sender="monitor@desk.example",
        links=links(report),
    )
    parsed = message_from_bytes(sent.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(mail: EmailMessage, kind: str) -> str:
    (found,) = (p.get_content() for p in mail.walk() if p.get_content_type() == kind)
    return str(found)


def allowed(address: str) -> tuple[str, int, str]:
    """Action, subscriber and subject of a link, read with the key on its last minute."""
    found = SIGNER.read(address.rpartition("/")[2], now=BEFORE_EXPIRY)
    return found.action.value, found.subscriber, found.subject


def test_each_card_offers_its_six_answers_and_each_list_row_its_page(
    report: Report, mail: EmailMessage
) -> None:
    page = BeautifulSoup(part(mail, "text/html"), "html.parser")
    cards = page.select("table.card")
    families = (*report.sections.gaps, *report.sections.thin)
    assert len(cards) == len(families)
    for card, family in zip(cards, families, strict=True):
        offered = [allowed(str(a["href"])) for a in card.select("p.answer a")]
        assert offered == [(action.value, 7, f"{family}~{report.id}") for action in ROW_ACTIONS]
        # a dot stays with the answer before it: on a phone no line begins with one
        assert card.select_one("p.answer").get_text().count("\u00a0· ") == len(ROW_ACTIONS) - 1  # type: ignore[union-attr]
    rows = page.select("td.item")
    assert rows
    assert [len(row.select("p.answer a")) for row in rows] == [1] * len(rows)
    assert {allowed(str(row.select_one("p.answer a")["href"]))[0] for row in rows} == {"proof"}  # type: ignore[index]


def test_the_text_has_the_same_links_as_the_page(mail: EmailMessage) -> None:
    page = BeautifulSoup(part(mail, "text/html"), "html.parser")
    in_page = {str(a["href"]) for a in page.select("a") if str(a["href"]).startswith(BASE)}
    in_text = set(re.findall(rf"{BASE}\S+", part(mail, "text/plain")))
    assert in_page == in_text
    assert len(in_page) > 70


def test_one_click_unsubscribes_by_post_and_the_link_names_the_reader(
    report: Report, mail: EmailMessage
) -> None:
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    by_web, by_mail = (one.strip(" <>") for one in str(mail["List-Unsubscribe"]).split(","))
    assert allowed(by_web) == ("leave", 7, report.id)
    assert by_mail.startswith("mailto:monitor@desk.example?subject=")


def test_links_end_thirty_days_after_the_last_day_counted(report: Report) -> None:
    address = links(report).of(7)(Action.REPORT, None)
    token = address.rpartition("/")[2]
    assert SIGNER.read(token, now=BEFORE_EXPIRY).subject == report.id
    with pytest.raises(ValueError, match="expired"):
        SIGNER.read(token, now=BEFORE_EXPIRY + timedelta(minutes=1))


def test_without_a_public_address_there_is_no_link_and_no_mark(report: Report) -> None:
    plain = message(
        render_parts(report), subscriber_id=7, recipient="a@b.example", sender="monitor@desk.example"
    )
    seen = part(plain, "text/html") + part(plain, "text/plain")
    assert "\ue000" not in seen
    assert "/answer/" not in seen
    assert "List-Unsubscribe-Post" not in plain


def test_a_linked_mail_stays_under_a_hundred_kilobytes_without_pictures(mail: EmailMessage) -> None:
    assert len(part(mail, "text/html").encode()) < 100_000
    assert "\ue000" not in part(mail, "text/html") + part(mail, "text/plain")


def test_a_title_cannot_forge_a_mark() -> None:
    forged = mark(Action.FORGET, "AGR-0079")
    assert one_line(f"Визит {forged}") == "Визит forget AGR-0079"
    held = table([gap_row("AGR-0079", State.THIN, 0.9, found=counts("AGR-0079", 1, first=1))])
    made = mogilev_report(held=held, articles=facts_of(held, title=forged))
    for content in (html.render_with(made, is_linked=True), text.render_with(made, is_linked=True)):
        assert b"/forget/" not in fill(content, links(made).of(7))


def test_every_mark_is_filled_with_what_it_names() -> None:
    seen: list[tuple[str, str | None]] = []

    def address(action: Action, family: FamilyId | None) -> str:
        seen.append((action.value, family))
        return "X"

    content = f"a {mark(Action.WRONG, 'AGR-0001')} b {mark(Action.ACCOUNT)}".encode()
    assert fill(content, address) == b"a X b X"
    assert seen == [("wrong", "AGR-0001"), ("account", None)]


def test_chosen_topics_leave_other_rows_out_and_say_so() -> None:
    held, wanted = mogilev_table(), TopicId("education")
    made = build(
        held,
        None,
        register=register(),
        sources=PRESS,
        restricted=(),
        articles=facts_of(held),
        region=MOGILEV,
        lang="ru",
        is_demo=False,
        topics=(wanted,),
    )
    whole = mogilev_report(is_demo=False)
    assert made.id.startswith(f"{whole.id}-t")
    own = {row.family for row in whole.rows if wanted in row.topics}
    assert {row.family for row in made.rows} == own
    assert 0 < len(own) < len(whole.rows)
    assert (made.trend, made.topics, made.partners, made.yearly) == (
        whole.trend, whole.topics, whole.partners, whole.yearly,
    )  # fmt: skip
    assert "Только выбранные вами темы: Образование" in text.render(made).decode()
