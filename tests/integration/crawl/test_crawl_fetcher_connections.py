"""Which server is spoken to: names, addresses, ports and certificates that are not what they should be."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.core.ledger import Reason
from monitor.crawl.fetcher import Fetcher, FetchLimits
from monitor.crawl.guard import parse_allow
from monitor.crawl.types import Failed, Fetched, FetchKind, FetchRequest, Outcome, RawUrl

if TYPE_CHECKING:
    from conftest import World
from tests.raw_replies import NAME, reply


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://10.0.0.8/secret", Reason.PRIVATE_ADDRESS),
        ("http://inside.test/secret", Reason.PRIVATE_ADDRESS),
        ("http://both.test/", Reason.PRIVATE_ADDRESS),
        ("http://[::ffff:7f00:1]/", Reason.PRIVATE_ADDRESS),
        ("http://127.0.0.1:1/", Reason.PRIVATE_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", Reason.PRIVATE_ADDRESS),
        ("http://2130706433/", Reason.BAD_URL),
        ("http://0x7f.1/", Reason.BAD_URL),
        ("file:///etc/passwd", Reason.BAD_URL),
        ("http://me:secret@paper.example/", Reason.BAD_URL),
        ("http://nowhere.test/", Reason.DNS),
    ],
)
def test_a_forbidden_address_is_refused_directly_and_behind_a_redirect(
    world: "World", place: str, reason: Reason
) -> None:
    world.server.routes["/r"] = reply("302 Found", Location=place)
    direct, behind = world.get(place, f"{NAME}/r")
    assert isinstance(direct, Failed)
    assert isinstance(behind, Failed)
    assert (direct.reason, behind.reason) == (reason, reason)
    assert "secret@" not in direct.detail + behind.detail
    assert [seen.path for seen in world.server.seen] == ["/r"]


def test_a_silent_name_server_ends_in_a_timeout(world: "World") -> None:
    asked = threading.Event()
    let_go = threading.Event()

    def hang(host: str, port: int) -> list[tuple[str, int]]:
        asked.set()
        let_go.wait(5)
        return []

    limits = FetchLimits("x", delay_s=0, connect_timeout_s=0.2, deadline_s=1)
    with Fetcher(limits, clock=world.clock, resolve=hang) as fetcher:
        outcome = fetcher.fetch_many([FetchRequest(RawUrl("http://slow.test/"), FetchKind.FEED)])[0]
        let_go.set()
    assert asked.is_set()
    assert isinstance(outcome, Failed)
    assert outcome.reason == Reason.TIMEOUT


def test_an_answer_that_changes_after_the_check_changes_nothing(world: "World") -> None:
    """Rebinding: the second answer of the resolver leads inside; it is asked once and its answer is kept."""
    answers = iter([[("127.0.0.1", world.server.port)], [("10.0.0.8", 80)]])
    world.server.routes["/1"] = reply(body=b"outside")
    world.server.routes["/2"] = reply(body=b"again")
    limits = FetchLimits("x", delay_s=0, connect_timeout_s=3, deadline_s=5)
    allow = world.fetcher._backend._allow
    with Fetcher(limits, clock=world.clock, resolve=lambda h, p: next(answers), allow=allow) as fetcher:
        first, second = fetcher.fetch_many(
            [FetchRequest(RawUrl(f"http://rebind.test/{n}"), FetchKind.FEED) for n in (1, 2)]
        )
    assert isinstance(first, Fetched)
    assert isinstance(second, Failed)
    assert second.reason == Reason.PRIVATE_ADDRESS
    assert [seen.path for seen in world.server.seen] == ["/1"]


def test_a_kept_connection_that_the_server_closed_is_no_failure(world: "World") -> None:
    """The server announces keep-alive and closes; the next request must not be lost."""
    for n in range(4):
        body = f"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{n}".encode()
        world.server.routes[f"/{n}"] = body
    outcomes = world.get(*(f"{NAME}/{n}" for n in range(4)))
    assert [o.body for o in outcomes if isinstance(o, Fetched)] == [b"0", b"1", b"2", b"3"]


def fetch_from(world: "World", port: int, *urls: str, tls: ssl.SSLContext | None = None) -> list[Outcome]:
    """What a fetcher gives that finds every name at this loopback port."""
    with Fetcher(
        FetchLimits("x", delay_s=0, connect_timeout_s=3, deadline_s=5),
        clock=world.clock,
        resolve=lambda host, _: [("127.0.0.1", port)],
        allow=parse_allow(["127.0.0.1"]),
        tls=tls,
    ) as fetcher:
        return fetcher.fetch_many([FetchRequest(RawUrl(u), FetchKind.FEED) for u in urls])


def test_a_closed_port_ends_in_connect(world: "World") -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = fetch_from(world, port, "http://shut.test/")[0]
    assert isinstance(outcome, Failed)
    assert outcome.reason == Reason.CONNECT


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A TLS server for paper.example with a certificate that only those who are told trust."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    name = ["-subj", "/CN=paper.example", "-addext", "subjectAltName=DNS:paper.example"]
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*command, *name, "-days", "2", "-keyout", key, "-out", cert], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def loop() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                with (
                    plain,
                    contextlib.suppress(OSError),
                    context.wrap_socket(plain, server_side=True) as wrapped,
                ):
                    wrapped.recv(65536)
                    wrapped.sendall(reply(body=b"safe"))

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        yield listener.getsockname()[1], cert
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def test_tls_is_verified_against_the_name_of_the_url(world: "World", tls_server: tuple[int, Path]) -> None:
    port, cert = tls_server
    trusting = ssl.create_default_context(cafile=cert)
    unknown = fetch_from(world, port, "https://paper.example/")[0]
    known, other_name = fetch_from(
        world, port, "https://paper.example/", "https://other.example/", tls=trusting
    )
    assert isinstance(unknown, Failed)
    assert isinstance(known, Fetched)
    assert isinstance(other_name, Failed)
    assert (unknown.reason, known.body, other_name.reason) == (Reason.TLS, b"safe", Reason.TLS)


def test_a_proxy_in_the_environment_is_not_used(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    world.server.routes["/x"] = reply(body=b"direct")
    assert isinstance(world.one(f"{NAME}/x"), Fetched)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (socket.EAI_NONAME, Reason.DNS),
        (socket.EAI_NODATA, Reason.DNS),
        (socket.EAI_AGAIN, Reason.CONNECT),
        (socket.EAI_FAIL, Reason.CONNECT),
    ],
)
def test_a_name_server_that_does_not_answer_says_nothing_about_the_name(
    world: "World", code: int, reason: Reason
) -> None:
    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        raise socket.gaierror(code, "in the words of the system")

    with Fetcher(FetchLimits("x"), clock=world.clock, resolve=resolve) as fetcher:
        (outcome,) = fetcher.fetch_many([FetchRequest(RawUrl(f"{NAME}/x"), FetchKind.FEED)])
    assert isinstance(outcome, Failed)
    assert (outcome.reason, "in the words of the system" in outcome.detail) == (reason, True)
