"""What an App makes from the register that counts: made on first use, let go together when another one does.

Threads share an App. Who began to make a part before another register came to count keeps the old one to
himself: it is put where the old parts were, which nobody looks at any more.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, Self, TypeVar, overload

Part = TypeVar("Part")


class Parts:
    """The parts of one register, by name. Safe among threads: of many who ask for one, one makes it."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._turns: dict[str, threading.RLock] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._made

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """The part of that name, made now where it is not there yet."""
        if name not in self._made:
            with self._turns.setdefault(name, threading.RLock()):
                if name not in self._made:
                    self._made[name] = make()
        return self._made[name]

    def put(self, name: str, part: object) -> None:
        """Take this one from now on."""
        self._made[name] = part


class _HasParts(Protocol):
    parts: Parts


class FromRegister(Generic[Part]):
    """As `cached_property`, for as long as the `parts` of its owner stay the same."""

    def __init__(self, make: Callable[[Any], Part]) -> None:
        self.func, self.__doc__ = make, make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, app: None, owner: type) -> Self: ...
    @overload
    def __get__(self, app: _HasParts, owner: type) -> Part: ...
    def __get__(self, app: _HasParts | None, owner: type) -> Self | Part:
        """The part; the property itself where a class is asked."""
        if app is None:
            return self
        found: Part = app.parts.get(self._name, lambda: self.func(app))
        return found

    def __set__(self, app: _HasParts, part: Part) -> None:
        app.parts.put(self._name, part)
