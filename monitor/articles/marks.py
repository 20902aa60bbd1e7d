"""Phrases by which a reprint credits its origin, from every config/languages/*.toml."""

from pathlib import Path

from monitor.core.errors import InputError, Problem
from monitor.core.rows import read_toml


def load_marks(folder: Path) -> tuple[str, ...]:
    """The `reprint_marks` of all languages, in the order of the files.

    Errors: InputError where a file cannot be read or its marks are no list of phrases.
    """
    problems: list[Problem] = []
    marks: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        read = read_toml(path, problems)
        listed = read[0].get("reprint_marks", []) if read else []
        if not isinstance(listed, list) or not all(isinstance(m, str) and m.strip() for m in listed):
            problems.append(Problem(f"{path}: reprint_marks", "must be a list of phrases"))
            continue
        marks.extend(listed)
    if problems:
        raise InputError(problems)
    return tuple(marks)
