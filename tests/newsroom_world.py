"""A newsroom of three people, as they sit before its pages; asserts nothing."""

import sqlalchemy as sa
from starlette.testclient import TestClient

from monitor.core.accounts import Role, form_mark, open_session, users
from monitor.core.db import Tx
from monitor.web.server import COOKIE
from tests.make_reports import MOGILEV
from tests.web_world import NOW, World, put_table

REGION = f"region={MOGILEV}"
PEOPLE = {"anna": Role.ADMIN, "ed": Role.EDITOR, "rita": Role.READER}


def with_people(tx: Tx) -> None:
    """The table and three people without a password: a hash takes half a second."""
    put_table(tx)
    for name, role in PEOPLE.items():
        person = {"name": name, "role": role.value, "password_hash": "-", "created_at": NOW}
        tx.execute(sa.insert(users).values(**person))


def as_(place: World, name: str) -> TestClient:
    with place.app.ready_db.begin() as tx:
        user = tx.execute(sa.select(users.c.id).where(users.c.name == name)).scalar_one()
        key = open_session(tx, user, at=place.clock())
    place.client.cookies.clear()
    place.client.cookies.set(COOKIE, key)
    return place.client


def mark_of(client: TestClient) -> str:
    """What the forms of the session carry."""
    return form_mark(client.cookies[COOKIE])
