"""Every ending of SMTP is a value, on connections that servers cut and encrypt as they like."""

import subprocess
from functools import partial
from pathlib import Path
from time import sleep

import pytest

from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.errors import SettingsError
from monitor.reports.smtp import Lost, NotSent, Refused, Sent, SmtpPost
from tests.outbox_world import SENDER, send_due, states
from tests.smtp_sink import Sink, encrypted_sink


def test_every_ending_of_smtp_is_a_value(sink: Sink, post: SmtpPost) -> None:
    def send() -> object:
        return post.send(sender=SENDER, recipient="a@b.example", data=b"Subject: x\r\n\r\n.dot\r\nend\r\n")

    sink.replies = [
        ("rcpt", "450 busy"), ("rcpt", "421 later"), ("rcpt", "421 closing"), ("data", "554 spam"),
        ("data", "421 closing"), ("drop", ""),
    ]  # fmt: skip
    endings = [send() for _ in range(6)]
    assert endings[:4] == [
        Refused(450, "busy"), NotSent("421 closing"), Refused(554, "spam"), Refused(421, "closing"),
    ]  # fmt: skip
    assert isinstance(endings[4], Lost)
    assert endings[5] == Sent()
    assert sink.mails[-1].get_content() == ".dot\r\nend\r\n"


@pytest.mark.parametrize("says_why", [False, True])
def test_a_relay_that_hangs_up_after_some_mails_gets_the_rest_on_new_connections(
    full: Db, sink: Sink, post: SmtpPost, clock: SettableClock, says_why: bool
) -> None:
    sink.hangs_up_after, sink.says_why = 1, says_why
    rest = partial(sleep, 0.05)  # so that the server has hung up before the next mail
    sent = send_due(db=full, post=post, clock=clock, sender=SENDER, on_unknown="hold", rest=rest)
    assert sent == {"sent": 3}
    assert sink.recipients == ["one@paper.example", "two@paper.example", "three@paper.example"]
    assert sink.connections == 3


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
def test_a_server_that_says_no_on_a_new_connection_too_is_not_asked_a_third_time(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock, stage: str
) -> None:
    sink.replies = [("data", "451 greylisted")] + [(stage, "421 go away")] * 3
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"retried": 1, "not_sent": 1}
    assert len(sink.replies) == 1
    assert states(quick)[1] == ("queued", "421 go away")


def test_what_is_lost_after_the_text_on_a_used_connection_is_not_offered_again(
    quick: Db, sink: Sink, post: SmtpPost, clock: SettableClock
) -> None:
    sink.replies = [("data", "451 greylisted"), ("drop", "")]
    counts = send_due(db=quick, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert counts == {"retried": 1, "unknown": 1, "sent": 1}
    assert sink.recipients == ["two@paper.example", "three@paper.example"]


def test_without_the_encryption_that_is_asked_for_nothing_is_sent(sink: Sink) -> None:
    with SmtpPost(host="127.0.0.1", port=sink.port, security="starttls", timeout_s=5) as held:
        ending = held.send(sender=SENDER, recipient="a@b.example", data=b"\r\nx")
    assert isinstance(ending, NotSent)
    assert "STARTTLS" in ending.why
    assert sink.mails == []


def test_a_login_in_the_clear_is_refused() -> None:
    with pytest.raises(SettingsError, match="in the clear"):
        SmtpPost(host="127.0.0.1", port=25, security="none", user="u", password="p")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "cert.pem", folder / "key.pem"
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -out {paths[0]} -keyout {paths[1]}"
    )
    subprocess.run(words.split(), check=True, capture_output=True)
    return paths


def test_a_way_out_is_tried_up_to_the_login_and_no_mail_goes(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with encrypted_sink(certificate, "starttls", user="desk", password="right") as sink:

        def trouble(password: str) -> str:
            way = SmtpPost(
                host="127.0.0.1",
                port=sink.port,
                security="starttls",
                user="desk",
                password=password,
                timeout_s=5,
            )
            found = way.try_out()
            return found.why if found else ""

        assert "certificate verify failed" in trouble("right").lower()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert "535" in trouble("wrong")
        assert trouble("right") == ""
    assert sink.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_goes_through_encryption_and_only_to_a_server_that_can_be_trusted(
    security: str, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"Subject: x\r\n\r\ntext\r\n"
    with encrypted_sink(certificate, security, user="desk", password="right") as sink:

        def ending(password: str) -> object:
            with SmtpPost(
                host="127.0.0.1",
                port=sink.port,
                security=security,
                user="desk",
                password=password,
                timeout_s=5,
            ) as held:
                return held.send(sender=SENDER, recipient="a@b.example", data=data)

        untrusted = ending("right")
        assert isinstance(untrusted, NotSent)
        assert "certificate verify failed" in untrusted.why.lower()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        wrong = ending("wrong")
        assert isinstance(wrong, NotSent)
        assert "535" in wrong.why
        assert sink.mails == []
        assert ending("right") == Sent()
        assert sink.recipients == ["a@b.example"]
