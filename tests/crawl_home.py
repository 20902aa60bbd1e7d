"""A home whose sources stand on the loopback server of tests/integration/crawl."""

import shutil
from collections.abc import Callable
from pathlib import Path

from monitor.core.shipped import config_dir
from tests.command import monitor

SOURCE = """[[source]]
id = "{id}"
name = "{id}"
name_en = "{id}"
kind = "district_paper"
country = "BY"
region = "by-mogilev-region"
languages = ["ru"]
site = "{base}/"
zone = "Europe/Minsk"
show = "full"
enabled = true
[[source.feed]]
url = "{base}/{id}"
kind = "rss"
"""


def reply(body: bytes, status: str = "200 OK") -> bytes:
    """A whole answer of a server."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def write_sources(home: Path, base: str, *ids: str, change: Callable[[str], str] = lambda text: text) -> None:
    """One source an id, each with its feed at /id; `change` has the last word on the file."""
    text = "".join(SOURCE.format(id=name, base=base) for name in ids)
    (home / "config" / "sources" / "by.toml").write_text(change(text), "utf-8")


def home_with(home: Path, base: str, *ids: str) -> Path:
    """A new home with these sources and nothing else to poll."""
    shutil.copytree(config_dir(), home / "config")
    for path in (home / "config" / "sources").glob("*.toml"):
        path.unlink()
    write_sources(home, base, *ids)
    assert monitor("init", home=home).code == 0
    return home
