"""A worker that reads as its pages tell it to: hangs, raises, exits, eats memory, prints, or answers."""

import ctypes
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.articles.worker import ReadPage, serve


def hostile(_given: ReadingRules) -> ReadPage:
    return read


def read(page: RawPage) -> Extracted:
    text = page.body.decode()
    if text == "hang":
        time.sleep(60)
    elif text == "spin":
        while True:
            pass
    elif text == "exit":
        os._exit(7)
    elif text == "segfault":
        ctypes.string_at(0)
    elif text == "raise":
        raise ZeroDivisionError("a bug")
    elif text == "eat":
        return Extracted("", str(len(bytearray(2 << 30))), "", None, "", "", None, 0.0, None)
    elif text == "print":
        print("this must not come between the frames", flush=True)
        os.write(1, b"nor this")
    elif text.startswith("late"):
        time.sleep(float(text.removeprefix("late")))
    return Extracted(page.feed_title, text, str(os.getpid()), page.now, "meta", "ru", page.url, 0.5, None)


if __name__ == "__main__":
    if "broken" in sys.argv:
        sys.exit(3)
    serve(hostile)
