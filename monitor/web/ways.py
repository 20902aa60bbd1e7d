"""The bar of the newsroom's pages: which there are, who may open them, which is shown now."""

from dataclasses import dataclass

from monitor.core.accounts import Role
from monitor.reports.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the bar. `key`: of [ways] in the words of the pages."""

    path: str
    key: str
    role: Role = Role.READER
    below: tuple[str, ...] = ()  # beginnings of addresses that belong to it


@dataclass(frozen=True, slots=True)
class WayShown:
    """One entry as a page shows it."""

    url: str
    text: str
    is_current: bool


WAYS = (
    Way("/overview", "overview"),
    Way("/gaps", "gaps", below=("/family/", "/article/")),
    Way("/search", "search"),
    Way("/topics", "topics"),
    Way("/matrix", "matrix"),
    Way("/outlets", "outlets", below=("/outlet/",)),
    Way("/sources", "sources"),
    Way("/archive", "reports"),
    Way("/missed", "missed"),
    Way("/runs", "runs", below=("/run/",)),
    Way("/review", "review", Role.REVIEWER, below=("/review/",)),
    Way("/register", "register", Role.ADMIN, below=("/agreement/",)),
    Way("/subscribers", "subscribers", Role.ADMIN),
    Way("/users", "users", Role.ADMIN),
    Way("/log", "log", Role.ADMIN),
)


def ways_of(words: Catalogue, path: str, role: Role | None) -> tuple[WayShown, ...]:
    """The bar for somebody with this role at this address; empty for who is not signed in."""
    if role is None:
        return ()
    return tuple(
        WayShown(f"{way.path}?lang={words.lang}", words.say(f"ways.{way.key}"), _is_at(path, way))
        for way in WAYS
        if role.may(way.role)
    )


def _is_at(path: str, way: Way) -> bool:
    return path == way.path or path.startswith(way.below)
