"""Finding parties in texts: against the bare automaton on the same forms, and against spaCy's PhraseMatcher.

Texts are those of the labelled corpus, joined and cut to 1,500 characters. Ours gives mentions, with homonyms
settled and words folded; the bare automaton only runs over folded words, the matcher of spaCy only over the
tokens of its own tokeniser. The peer is no dependency: `python -m venv peers && peers/bin/pip install spacy`,
then `PEERS_PYTHON=peers/bin/python monitor benchmark names --peers`.
"""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ahocorasick_rs

from benchmarks.beside import ask_peer
from monitor.core.home import Home
from monitor.register.folding import words
from monitor.register.nametable import name_forms
from monitor.wiring import App
from monitor.wiring.models import SHIPPED_CORPUS

CHARS = 1500
DRY = ("dev-c", "dev-d")  # authors of dry agency and district news: how their items' ids begin
NOWHERE = Path("no-home")  # no home there: the shipped config, and the cache of the user
_ROUNDS = 3


def run(seed: int, *, peers: bool = False) -> dict[str, Any]:
    """Units: texts a second of CPU time of one core, best of three rounds."""
    del seed  # nothing is drawn
    app = App(Home(NOWHERE), environment=False)
    texts = joined([(row["title"], row["text"]) for row in labelled()])
    find = app.finder.find
    forms = name_forms(app.register.places.values(), config=app.home.config, folder=app.home.cache)
    patterns = list(dict.fromkeys(line for form in forms if (line := words(form.text).line)))
    raw = ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    n_found = sum(len(find("", text)) for text in texts)
    ours = best_s(lambda: [find("", text) for text in texts])
    folded = [words(text).line for text in texts]
    figures: dict[str, Any] = {
        "texts": len(texts),
        "characters": CHARS,
        "forms": len(forms),
        "mentions": n_found,
        "a_second": round(len(texts) / ours),
        "folding_a_second": round(len(texts) / best_s(lambda: [words(text) for text in texts])),
        "bare_a_second": round(
            len(texts) / best_s(lambda: [raw.find_matches_as_indexes(line) for line in folded])
        ),
    }
    app.close()
    if peers:
        peer = _peer([form.text for form in forms], texts)
        figures["peer"] = peer
        if "a_second" in peer:
            figures["times_as_fast"] = round(figures["a_second"] / peer["a_second"], 1)
    return figures


def labelled() -> list[dict[str, Any]]:
    """The shipped corpus as it stands in its file."""
    return [json.loads(line) for line in SHIPPED_CORPUS.read_text("utf-8").splitlines()]


def joined(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Texts of 1,500 characters, each of one item and as many following ones as it takes."""
    whole = [f"{title}\n{text}" for title, text in rows]
    made = []
    for first in range(len(whole)):
        text, following = whole[first], first + 1
        while len(text) < CHARS:
            text += "\n" + whole[following % len(whole)]
            following += 1
        made.append(text[:CHARS])
    return made


def best_s(work: Callable[[], object]) -> float:
    """The least CPU time of three rounds, in seconds."""
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        rounds.append(time.process_time() - began)
    return min(rounds)


def _peer(forms: list[str], texts: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.json"
        given.write_text(json.dumps({"forms": forms, "texts": texts}), "utf-8")
        return ask_peer("names_peer.py", str(given))
