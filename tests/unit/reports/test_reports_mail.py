"""One mail: its parts, its headers, the same bytes each time, and nothing that could be injected."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from monitor.core.errors import UsageError
from monitor.reports.address import checked_address, checked_sender
from monitor.reports.charts import CHARTS
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import FORMATS, html
from monitor.reports.mail import Parts, message, message_id, render_parts
from monitor.reports.personal import Links
from monitor.reports.tokens import Signer
from tests.make_reports import mogilev_report

SENDER = "Монитор <monitor@desk.example>"


@pytest.fixture(scope="module")
def parts() -> Parts:
    return render_parts(mogilev_report())


def test_a_mail_holds_text_html_with_its_picture_and_the_sheet(parts: Parts) -> None:
    raw = message(parts, subscriber_id=7, recipient="editor@paper.example", sender=SENDER).as_bytes()
    mail = message_from_bytes(raw, policy=default)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
        "image/png",
        FORMATS["xlsx"].MEDIA_TYPE,
    ]
    by_type = {part.get_content_type(): part for part in mail.walk()}
    assert by_type["text/plain"].get_content().splitlines() == parts.text.decode().splitlines()
    assert by_type["text/html"].get_content().splitlines() == parts.html.decode().splitlines()
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [name for name, _ in parts.charts] == list(CHARTS)
    for part, (name, picture) in zip(pictures, parts.charts, strict=True):
        assert part.get_content() == picture
        assert part["Content-ID"] == f"<{html.chart_cid(name)}>"
    sheet = by_type[FORMATS["xlsx"].MEDIA_TYPE]
    assert sheet.get_content() == parts.sheet
    assert sheet.get_filename() == "2025-W47-by-mogilev-region-ru.xlsx"


def test_the_headers_say_who_what_and_how_to_leave(parts: Parts) -> None:
    mail = message(parts, subscriber_id=7, recipient="editor@paper.example", sender=SENDER)
    assert mail["From"] == SENDER
    assert mail["To"] == "editor@paper.example"
    assert mail["Subject"] == (
        "[Демонстрация] Могилёвская область: 13 соглашений без единого материала "
        "за 9 недель (по 23 ноября 2025\xa0г.)"
    )
    assert mail["Date"] == "Sun, 23 Nov 2025 21:00:00 +0000"
    assert mail["Message-ID"] == "<2025-w47-by-mogilev-region-ru.7@desk.example>"
    leave = "<mailto:monitor@desk.example?subject=unsubscribe%207%202025-W47-by-mogilev-region-ru>"
    assert mail["List-Unsubscribe"] == leave


def test_the_addresses_to_leave_at_go_out_as_they_are(parts: Parts) -> None:
    links = Links(Signer(b"k" * 32), "https://monitor.example", parts.report_id, parts.dated_at)
    mail = message(parts, subscriber_id=7, recipient="editor@paper.example", sender=SENDER, links=links)
    head = mail.as_bytes().partition(b"\r\n\r\n")[0].decode()
    by_web, by_mail = str(mail["List-Unsubscribe"]).split(", ")
    assert len(by_web) > 78  # longer than a line: encoded words are no address to who offers the button
    assert f"\r\nList-Unsubscribe: {by_web},\r\n {by_mail}\r\n" in head


def test_the_same_facts_and_reader_give_the_same_mail(parts: Parts) -> None:
    again = render_parts(from_json(facts(mogilev_report())))
    one, two = (
        message(p, subscriber_id=7, recipient="editor@paper.example", sender=SENDER).as_bytes()
        for p in (parts, again)
    )
    assert one == two
    assert one != message(parts, subscriber_id=8, recipient="editor@paper.example", sender=SENDER).as_bytes()


def test_lines_of_the_mail_end_as_smtp_wants_and_stay_short(parts: Parts) -> None:
    raw = message(parts, subscriber_id=7, recipient="editor@paper.example", sender=SENDER).as_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "a@b.example, c@d.example",
        "a b@c.example",
        '"a\r\n"@c.example',
        "<a@b.example>",
        "Имя <a@b.example>",
        "почта@b.example",
        "a@b_c.example",
        "a@-b.example",
        "a@localhost",
        "a..b@c.example",
        "@c.example",
        "a@",
        "a",
        "",
        "a@" + "b" * 64 + ".example",
        "a" * 65 + "@b.example",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str, parts: Parts) -> None:
    if address == "a@b.example\n":  # white space around an address is a slip of the hand, not an attack
        assert checked_address(address) == "a@b.example"
        return
    with pytest.raises(UsageError):
        checked_address(address)
    with pytest.raises(UsageError):
        message(parts, subscriber_id=1, recipient=address, sender=SENDER)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Editor@Paper.Example", "Editor@paper.example"),
        ("o'neil+desk@a-b.c.example", "o'neil+desk@a-b.c.example"),
        ("a@почта.бел", "a@xn--80a1acny.xn--90ais"),
    ],
)
def test_hosts_are_kept_in_lower_case_and_punycode(given: str, kept: str) -> None:
    assert checked_address(given) == kept


def test_a_sender_may_have_a_name_and_a_local_host_but_no_line_break() -> None:
    assert checked_sender("Монитор <monitor@localhost>") == ("Монитор", "monitor@localhost")
    assert checked_sender("Отдел\u00a0№\u202f5 <monitor@localhost>")[0] == "Отдел\u00a0№\u202f5"
    for ending in ("\r\nBcc: x@y.example", "\x85", "\u2028", "\x00", "\x07"):
        with pytest.raises(UsageError, match="line break or a control character"):
            checked_sender(f"Монитор{ending} <monitor@localhost>")


@pytest.mark.parametrize("n", range(60))
def test_the_subject_arrives_letter_by_letter_wherever_its_lines_are_folded(n: int, parts: Parts) -> None:
    subject = (
        f"[Демонстрация] {'о' * n} область: 10 соглашений без единого материала (до 15 ноября 2026\u00a0г.)"
    )
    changed = replace(parts, subject=subject)
    raw = message(changed, subscriber_id=7, recipient="editor@paper.example", sender=SENDER).as_bytes()
    assert message_from_bytes(raw, policy=default)["Subject"] == subject


@pytest.mark.parametrize("ending", ["\r\nBcc: x@y.example", "\x85", "\u2028", "\x00", "\x07"])
def test_a_subject_cannot_bring_a_header(parts: Parts, ending: str) -> None:
    with pytest.raises(ValueError, match="is not one line"):
        message(
            replace(parts, subject=f"a{ending}"),
            subscriber_id=1,
            recipient="a@b.example",
            sender=SENDER,
        )


def test_a_message_id_holds_only_what_a_message_id_may() -> None:
    assert message_id("2025-W47 <x>\r\n@é", 3, sender=SENDER) == "<2025-w47-x-.3@desk.example>"
