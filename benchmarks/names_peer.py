"""spaCy's PhraseMatcher with its Russian tokeniser over the same forms and texts; run by benchmarks.names.

Made to stand alone: the Python that runs it need not have the monitor.
"""

import json
import sys
import time
from pathlib import Path

_MISSING = (
    "spaCy is not installed: `python -m venv peers && peers/bin/pip install spacy`, then run again with "
    "PEERS_PYTHON=peers/bin/python"
)
_ROUNDS = 3


def main() -> None:
    """Argument: a JSON file of forms and texts. Prints texts a second of CPU time, best of three rounds."""
    try:
        import spacy  # type: ignore[import-not-found]
        from spacy.matcher import PhraseMatcher  # type: ignore[import-not-found]
    except ImportError:
        sys.stdout.write(json.dumps({"missing": _MISSING}))
        return
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    language = spacy.blank("ru")
    began = time.process_time()
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    matcher.add("party", [language.make_doc(form) for form in given["forms"]])
    build_s = time.process_time() - began
    n_found = sum(len(matcher(language.make_doc(text))) for text in given["texts"])  # lexemes are known now
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for text in given["texts"]:
            matcher(language.make_doc(text))
        rounds.append(time.process_time() - began)
    told = {
        "a_second": round(len(given["texts"]) / min(rounds), 1),
        "matches": n_found,
        "build_s": round(build_s, 1),
        "version": f"spacy {spacy.__version__}",
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
