"""Month names of all configured languages, for dates on list pages and in home-made feeds."""

from pathlib import Path

from monitor.core.dates import Months, fold_word
from monitor.core.errors import InputError, Problem
from monitor.core.rows import read_toml

# RFC dates have these in every language's feeds
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def load_months(folder: Path) -> Months:
    """Folded month name to 1..12 from the `months` of every config/languages/*.toml, and English short names.

    Errors: InputError where a file's `months` are not twelve lists of words, or two languages disagree.
    """
    found: dict[str, int] = {name: n for n, name in enumerate(_ENGLISH, 1)}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        read = read_toml(path, problems)
        if read is None or "months" not in read[0]:
            continue  # noted as a problem, or a file of another kind, such as the inflection tables
        lists = read[0]["months"]
        if not isinstance(lists, list) or len(lists) != 12 or not all(map(_are_words, lists)):
            problems.append(Problem(f"{path}: months", "must be twelve lists of words, January first"))
            continue
        for number, words in enumerate(lists, 1):
            for word in map(fold_word, words):
                if found.setdefault(word, number) != number:
                    problems.append(Problem(f"{path}: months", f"{word!r} is another month elsewhere"))
    if problems:
        raise InputError(problems)
    return found


def _are_words(words: object) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) and word for word in words)
