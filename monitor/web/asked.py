"""What a page is asked with, what it gives back, and how it refuses; no web framework in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.core.accounts import User
from monitor.reports.catalogue import Catalogue
from monitor.reports.plain import one_line
from monitor.web.ways import WayShown

_MOST_LETTERS = 5000  # of a field; every limit of ours is below


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a view sees it. `form`: fields of a POST, text only; `query`: of the address."""

    method: str
    token: str
    lang: str  # of the page: asked for, else the reader's, else the browser's
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)  # the address's own parts
    session: str = ""  # key of who is signed in, empty for everybody else
    user: User | None = None  # who is signed in

    @property
    def is_post(self) -> bool:
        """Whether something may be changed. A GET or HEAD never changes anything."""
        return self.method == "POST"

    def field(self, name: str) -> str:
        """The first value of a field without surrounding space, empty when it is missing."""
        return (self.form.get(name) or ("",))[0].strip()

    def fields(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return self.form.get(name, ())


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has around its own content."""

    lang: str
    languages: tuple[tuple[str, str, bool], ...]  # address, name, whether it is the one shown
    newsroom: str
    is_demo: bool
    user: str = ""  # name of who is signed in
    mark: str = ""  # of the forms of their session
    ways: tuple[WayShown, ...] = ()  # the bar of the newsroom's pages


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to show: template and the dataclass that it may use."""

    template: str
    page: Any
    status: int = 200


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes to send as they are. `has_own_style`: the page brings styles of its own, as a mail does."""

    body: bytes
    media_type: str
    has_own_style: bool = False
    file_name: str = ""  # of what is to be saved, not shown


@dataclass(frozen=True, slots=True)
class Moved:
    """Go on at a path of ours. `session`: the key of a new session, empty to end one, None to leave it."""

    path: str
    session: str | None = None


class RefusedError(Exception):
    """A request that gets a page with the reason: code of [refused] in the words, HTTP status."""

    def __init__(self, code: str, status: int) -> None:
        self.code, self.status = code, status
        super().__init__(code)


class FormError(Exception):
    """A form that has to be filled in again: the sentence to show, in the page's language."""

    def __init__(self, words: Catalogue, code: str, **values: object) -> None:
        super().__init__(words.say(f"form.{code}", **values))


def one_line_field(asked: Asked, name: str) -> str:
    """A text field as one line: line breaks become spaces, control and invisible characters go.

    It is longer than any limit where the field is, so that the form can say so instead of cutting.
    """
    return one_line(asked.field(name)[:_MOST_LETTERS], _MOST_LETTERS)
