"""Long lists in parts: a part goes on after the key of the last thing that was given. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request

from monitor.web.asked import RefusedError

MOST, USUAL = 200, 50
_KEY = 200  # characters
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """Which part is asked for, and the address that it stands in."""

    after: str
    limit: int
    request: Request

    def onward(self, key: str) -> str:
        """The address of the part after a key."""
        url = self.request.url.include_query_params(after=key)
        return f"{url.path}?{url.query}"


def read_part(
    request: Request,
    after: Annotated[str, Query(max_length=_KEY, description="Key that the part goes on after")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST, description="Most things in a part")] = USUAL,
) -> Part:
    """What a request asks for."""
    return Part(after, limit, request)


Asking = Annotated[Part, Depends(read_part)]


def part_of(things: Sequence[T], key: Callable[[T], str], asking: Part) -> tuple[tuple[T, ...], str | None]:
    """The things of a part in their order, and where it goes on; None at the end.

    Errors: RefusedError when nothing has the key to go on after: the list has changed, begin anew.
    """
    first = 0
    if asking.after:
        found = (n for n, thing in enumerate(things) if key(thing) == asking.after)
        at = next(found, None)
        if at is None:
            raise RefusedError("not_found", 404)
        first = at + 1
    part = tuple(things[first : first + asking.limit])
    has_more = first + len(part) < len(things)
    return part, asking.onward(key(part[-1])) if has_more and part else None
