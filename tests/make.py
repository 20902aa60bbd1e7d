"""Builds valid objects and rows for tests; asserts nothing."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.accounts import Role, User, put_user
from monitor.core.db import Tx
from monitor.core.passwords import new_hash
from monitor.core.text import content_hash
from monitor.crawl.tables import sources
from monitor.reports.tables import notices

NOW = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)


def add_source(tx: Tx, source_id: str, **changes: Any) -> str:
    """One row of `sources`."""
    row = {
        "id": source_id,
        "name": source_id.title(),
        "kind": "district_paper",
        "country": "BY",
        "region": "by-mogilev-region",
        "enabled": True,
        "why_not": "",
        "known_since": NOW,
        "doc": {},
    }
    tx.execute(sa.insert(sources).values(**{**row, **changes}))
    return source_id


def add_article(tx: Tx, source_id: str, n: int, **changes: Any) -> int:
    """One row of `articles` with text, state ready; returns its id."""
    title = changes.get("title", f"Заголовок {n}")
    text = changes.get("text", f"Текст номер {n} о сотрудничестве.")
    row = {
        "id": n,
        "source_id": source_id,
        "url": f"http://{source_id}.example/{n}",
        "listed_url": f"http://{source_id}.example/{n}",
        "state": "ready",
        "title": title,
        "text": text,
        "lang": "ru",
        "published_at": NOW,
        "published_from": "feed",
        "first_seen_at": NOW,
        "content_hash": content_hash(title, text),
        "cluster_id": n,
        "is_origin": True,
    }
    tx.execute(sa.insert(articles).values(**{**row, **changes}))
    return n


def add_user(tx: Tx, *, name: str, role: Role, password: str, at: datetime, email: str | None = None) -> User:
    """Somebody who signs in with this password, or a known one with another."""
    password_hash = new_hash(password, name=name)
    return put_user(tx, name=name, role=role, password_hash=password_hash, at=at, email=email)


def list_notices(tx: Tx, *, address: str = "") -> list[sa.Row[Any]]:
    """Rows of `notices` in the order in which they were queued, of one address or all."""
    query = sa.select(notices).order_by(notices.c.id)
    return list(tx.execute(query.where(notices.c.address == address) if address else query))
