"""Whose page an archived address is; what several could own is nobody's."""

import pytest

from monitor.bulk.cluster import require_tls
from monitor.bulk.hosts import Hosts
from monitor.core.errors import UsageError
from tests.crawl_world import source

HOSTS = Hosts(
    [
        source("gorki", site="https://www.gorki.example/"),
        source("news", site="http://portal.example/"),
        source("regions", site="http://portal.example/regions/"),
        source("one", site="http://shared.example/"),
        source("two", site="http://shared.example/"),
        source("off", site="http://off.example/", enabled=False),
        source("channel", site="https://t.me/gorki"),
        source("nowhere", site=""),
    ]
)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("http://gorki.example/1", "gorki"),
        ("https://m.gorki.example/1?p=2", "gorki"),
        ("http://gorki.example.evil.example/1", None),
        ("http://portal.example/politics/1", "news"),
        ("http://portal.example/regions/1", "regions"),
        ("http://portal.example/regionsother/1", "news"),
        ("http://shared.example/1", None),
        ("http://off.example/1", None),
        ("https://t.me/gorki/12", None),
        ("mailto:someone", None),
    ],
)
def test_a_page_belongs_to_the_polled_source_of_its_host_and_path(url: str, owner: str | None) -> None:
    found = HOSTS.owner(url)
    assert (found.source_id if found else None) == owner


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.7:8786", "cluster:8786", "http://localhost:1", "tls://", ""]
)
def test_a_cluster_beyond_this_machine_must_speak_tls(address: str) -> None:
    with pytest.raises(UsageError, match="must be named tls://HOST:PORT"):
        require_tls(address)


@pytest.mark.parametrize("address", ["tls://10.0.0.7:8786", "tcp://127.0.0.1:8786", "tcp://localhost:1"])
def test_tls_and_this_machine_are_taken(address: str) -> None:
    require_tls(address)
