"""Lines around a story that are not the story: teasers, sharing buttons, legal notes. The words that give
them away are in config/boilerplate.toml."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.core.errors import InputError, Problem
from monitor.core.rows import read_toml
from monitor.core.text import squeeze

_KEYS = ("end_headings", "teasers", "drop_lines", "keep_lines", "around")
_SHORT = 60  # characters: a longer line that begins like a heading or a button is a sentence of the story
_FURTHER_ON = "…"  # in drop_lines: "begins like this … and holds this"
_REPEATED = 40  # characters: shorter lines may come twice in a story ("— Да.")
_DATELINE = 45  # characters
_DATE_WORDS = 3  # label, weekday, month
# [gallery ids="1"], {loadposition x}
_SHORT_CODE = re.compile(r"\[/?[a-z_]+(?: [^\]]*)?\]|\{/?[a-z_]+(?: [^}]*)?\}")
_MARKS = re.compile(r"^[^\w«„“\"'(\[{<*]+")  # bullets and emoji before the first word
_NAMES = 3  # words of a signature
_NAME = re.compile(r"[A-ZА-ЯЁЎІ][a-zа-яёўі'’]+(?:-[A-ZА-ЯЁЎІ]?[a-zа-яёўі]+)?|[A-ZА-ЯЁЎІ'’-]{2,}")
_YEAR_OR_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_END = re.compile(r"""[.!?…。！？]["'»”)\]]*$""")


@dataclass(frozen=True, slots=True)
class PageRules:
    """Beginnings of lines and words of class names, folded; config/boilerplate.toml says what each does."""

    end_headings: tuple[str, ...] = ()
    teasers: tuple[str, ...] = ()
    drop_lines: tuple[str, ...] = ()
    keep_lines: tuple[str, ...] = ()
    around: tuple[str, ...] = ()


def load_page_rules(path: Path) -> PageRules:
    """The rules in a TOML file. Errors: InputError with every missing, unknown or wrongly typed key."""
    problems: list[Problem] = []
    read = read_toml(path, problems)
    if read is None:
        raise InputError(problems)
    doc, _ = read
    problems += [Problem(f"{path}: {key}", "unknown key") for key in sorted(set(doc) - set(_KEYS))]
    for key in _KEYS:
        value = doc.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            problems.append(Problem(f"{path}: {key}", "must be a list of non-empty texts"))
    if problems:
        raise InputError(problems)
    return PageRules(**{key: tuple(_fold(value) for value in doc[key]) for key in _KEYS})


def trim(title: str, text: str, rules: PageRules) -> str:
    """The story's lines: without its title, date lines, repeated paragraphs, teasers and legal notes."""
    kept: list[str] = []
    seen: set[str] = set()
    skip_next = False
    own_title = _fold(title)
    for line in (squeeze(raw) for raw in text.split("\n")):
        folded = _fold(line)
        skipped, skip_next = skip_next and not ends_like_a_sentence(line), False
        if not line or skipped or folded == own_title or _is_dateline(line) or _SHORT_CODE.fullmatch(line):
            continue
        if _is_end(folded, rules) and any(ends_like_a_sentence(k) for k in kept):
            break
        if folded.startswith(rules.teasers):
            skip_next = True
            continue
        if _is_dropped(folded, rules) or (len(line) >= _REPEATED and folded in seen):
            continue
        seen.add(folded)
        kept.append(line)
    while len(kept) > 1 and _is_signature(kept[-1]):
        kept.pop()
    return "\n".join(kept)


def _is_signature(line: str) -> bool:
    """True for «Инна ПОЛЕЩУК.»: two or three names, nothing else."""
    words = line.rstrip(" .").split()
    return len(line) <= _DATELINE and 2 <= len(words) <= _NAMES and all(map(_NAME.fullmatch, words))


def ends_like_a_sentence(line: str) -> bool:
    """True when the last letter is followed by a full stop or its like."""
    return _SENTENCE_END.search(line) is not None


def _is_end(folded: str, rules: PageRules) -> bool:
    return len(folded) <= _SHORT and folded.startswith(rules.end_headings)


def _is_dateline(line: str) -> bool:
    """True for «Дата: 12 октября 2026, 10:02» and its like: a short line that is mostly a date."""
    is_short = len(line) <= _DATELINE and not ends_like_a_sentence(line)
    return is_short and _YEAR_OR_TIME.search(line) is not None and len(_LETTERS.findall(line)) <= _DATE_WORDS


def _is_dropped(folded: str, rules: PageRules) -> bool:
    folded = _MARKS.sub("", folded)
    for start, inner in _starts_and_inners(rules.drop_lines):
        if folded.startswith(start) and (inner in folded[len(start) :] if inner else len(folded) <= _SHORT):
            return True
    return False


@lru_cache(maxsize=8)
def _starts_and_inners(drop_lines: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    parted = (rule.partition(_FURTHER_ON) for rule in drop_lines)
    return tuple((start.strip(), inner.strip()) for start, _, inner in parted)


def _fold(line: str) -> str:
    return squeeze(line).casefold().replace("ё", "е")
