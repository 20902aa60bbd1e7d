"""The demonstration's mailbox."""

import smtplib
from email import message_from_bytes, policy
from pathlib import Path

from monitor.demo.sink import MailSink

MAIL = "Message-ID: <{}@desk.example>\r\nSubject: =?utf-8?b?0J/RgNC+0LHQtdC7?=\r\n\r\nТочка\r\n.\r\n..две\r\n"


def send(sink: MailSink, *numbers: int) -> None:
    with smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
        for number in numbers:
            body = MAIL.format(number).encode()
            client.sendmail("monitor@desk.example", ["editor@desk.example"], body)


def test_each_delivery_is_a_file_in_order_and_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    with MailSink(tmp_path / "mail") as sink:
        send(sink, 1, 2, 2)
        assert sink.host == "127.0.0.1"
    with MailSink(tmp_path / "mail") as sink:
        send(sink, 3)
        files = sink.messages()
    messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    assert [path.name for path in files] == ["0001.eml", "0002.eml", "0003.eml", "0004.eml"]
    assert [m["Message-ID"] for m in messages] == [f"<{n}@desk.example>" for n in (1, 2, 2, 3)]
    assert messages[0]["Subject"] == "Пробел"
    assert files[0].read_bytes() == MAIL.format(1).encode()
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []
