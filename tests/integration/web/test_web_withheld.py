"""An outlet that is listed while the pages are open is named and linked on none of them from then on."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest

from monitor.core.api_tokens import Scope, add_token
from monitor.core.db import Tx
from monitor.reports.tokens import Action
from tests.newsroom_world import REGION, as_, with_people
from tests.web_world import NOW, World

GIVEN_AWAY = ("agency.example", "Меридиан")
KEYS: list[str] = []


def with_key(tx: Tx) -> None:
    """People, and a machine that may read everything."""
    with_people(tx)
    KEYS[:] = [add_token(tx, name="all", scopes=list(Scope), at=NOW, ends_at=NOW + timedelta(days=1))]


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    place = made(change=with_key)
    as_(place, "anna")
    return place


def list_it(place: World, host: str = "agency.example") -> None:
    """The operator lists an outlet; the service goes on."""
    place.app.home.create()
    line = f'\n[[restricted]]\nhost = "{host}"\nsince = 2025-11-20\nwhy = "a test"\n'
    with (place.app.home.config / "restricted.toml").open("a", encoding="utf-8") as file:
        file.write(line)


def titles(place: World) -> set[str]:
    """Of the articles of that outlet in the kept report."""
    return {proof.title for proof in place.report.articles if "Меридиан" in proof.outlet}


def told(place: World, path: str) -> str:
    """What an address answers, unpacked where it is a workbook."""
    header = {"authorization": f"Bearer {KEYS[0]}"} if path.startswith("/api/") else {}
    answer = place.client.get(path, headers=header)
    assert answer.status_code == 200, path
    if answer.content[:2] != b"PK":
        return unquote(unescape(answer.text))
    with ZipFile(BytesIO(answer.content)) as book:
        return "\n".join(book.read(one).decode() for one in book.namelist())


def addresses(place: World) -> list[str]:
    """Pages, files and answers that tell of the outlet."""
    kept = f"/report/{place.report.id}"
    family = place.covered
    links = [place.link(action) for action in (Action.REPORT, Action.PROOF, Action.WRONG)]
    return [
        kept,
        *(f"{kept}?form={form}" for form in ("text", "xlsx", "csv", "json")),
        f"/gaps.csv?{REGION}",
        f"/gaps.xlsx?{REGION}",
        f"/family/{family}?{REGION}",
        f"/sources?{REGION}",
        f"/api/v1/families/{family}?{REGION}",
        f"/api/v1/reports/{place.report.id}",
        f"/api/v1/gaps?{REGION}&limit=200",
        *links,
    ]


def test_what_is_listed_since_stands_on_no_page_in_no_file_and_in_no_answer(desk: World) -> None:
    own, paths = titles(desk), addresses(desk)
    assert own
    before = {path: told(desk, path) for path in paths}
    for path, text in before.items():
        assert any(one in text for one in (*GIVEN_AWAY, *own)), path
    list_it(desk)
    for path in paths:
        text = told(desk, path)
        assert [one for one in GIVEN_AWAY if one in text] == [], path
    for path in (f"/report/{desk.report.id}?form=json", f"/api/v1/reports/{desk.report.id}"):
        assert [one for one in own if one in told(desk, path)] == [], path


def test_a_withheld_story_has_no_title_in_the_timeline(desk: World) -> None:
    path = f"/family/{desk.covered}?{REGION}"
    own = [proof.article for proof in desk.report.articles if desk.covered in proof.families]
    listed = {f"гостей {number}" for number in own if number % 4 == 0}  # as the world has it from the agency
    assert listed
    assert [one for one in listed if one not in told(desk, path)] == []
    list_it(desk)
    assert [one for one in listed if one in told(desk, path)] == []


def test_a_withheld_story_can_be_ticked_without_its_title(desk: World) -> None:
    path = desk.link(Action.WRONG)
    listed = {p.title for p in desk.report.articles if desk.covered in p.families and "Меридиан" in p.outlet}
    before = told(desk, path)
    assert listed
    assert all(one in before for one in listed)
    list_it(desk)
    after = told(desk, path)
    assert [one for one in listed if one in after] == []
    assert after.count('type="checkbox"') == before.count('type="checkbox"')
