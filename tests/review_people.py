"""People of the review with browsers of their own, for tests of its pages."""

import re

from starlette.testclient import TestClient

from monitor.core.settings import Settings
from monitor.web.server import COOKIE
from tests.review_world import session_of
from tests.web_world import BASE, World


def sharing(settings: Settings, share: float) -> Settings:
    review = settings.review.model_copy(update={"second_share": share})
    return settings.model_copy(update={"review": review})


class Person:
    """Somebody who is signed in, with a browser of their own."""

    def __init__(self, place: World, name: str) -> None:
        self.client = TestClient(place.client.app, base_url=BASE, raise_server_exceptions=False)
        self.client.cookies.set(COOKIE, session_of(name))

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def mark(self) -> str:
        return field(self.get("/me"), "mark")

    def answer(self, queue: str, verdict: str, *, item: int | None = None, **more: object) -> int:
        """Status of answering an item, else the one that is shown next."""
        page = self.get(f"/review/{queue}" + (f"?item={item}" if item else ""))
        named = {name: field(page, name) for name in ("mark", "subject", "shown")}
        form = {**named, **({"subject": str(item)} if item else {}), "verdict": verdict, **more}
        return self.client.post(f"/review/{queue}", data=form, follow_redirects=False).status_code


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]
