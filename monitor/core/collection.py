"""Python's search for unreachable cycles, held back while much is made that all stays reachable."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Look for no cycles in this block (or function, as a decorator); what is not in one goes as ever.

    A search is due each time some hundred objects more have been made, and looks at them again and again: of
    half a million rows that is a tenth of the time. For seconds, not for services.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
