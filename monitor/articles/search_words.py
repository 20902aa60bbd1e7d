"""What the search keeps of an article, and what it looks for when somebody asks. Pure.

Both databases are given words of letters and digits only, one space apart, and compare them letter by letter:
so the same question finds the same articles on both. Which words those are is said here and in lemmas.py.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.articles.lemmas import Lemmas, fold, spans

MOST_TERMS = 12  # of a question; the rest is not looked at
MOST_LETTERS = 300
_MOST_WORDS = 5000  # of an article
_APART = "xx"  # stands between words that did not stand side by side, so that no phrase fits across them
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_LEAST_PREFIX = 3  # letters before an asterisk


ANY = "xany"  # a word that every article has: an index cannot be asked for what a text does not hold alone


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a question: it holds where any of the sequences stands in the text."""

    sequences: tuple[tuple[str, ...], ...]
    is_prefix: bool = False  # the last word of each is the beginning of a word
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: every clause holds and no excluded one."""

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()

    @property
    def marked(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Forms of words that are what was looked for, and beginnings of such."""
        whole = {w for c in self.clauses for s in c.sequences for w in (s[:-1] if c.is_prefix else s)}
        return frozenset(whole), tuple({s[-1] for c in self.clauses if c.is_prefix for s in c.sequences})


def document(lemmas: Lemmas, title: str, text: str, lang: str, facets: Iterable[str]) -> str:
    """What is kept of an article: its words in order, then their other readings and facets, each apart."""
    found: list[str] = []
    others: dict[str, None] = {}
    for part in (title, text):
        for word in lemmas.words(part, lang):
            if len(found) >= _MOST_WORDS:
                break
            found.append(word.forms[0])
            others.update(dict.fromkeys(word.forms[1:]))
        found.append(_APART)
    apart = [more for one in (*(o for o in others if o), *facets) for more in (one, _APART)]
    return " ".join((*found, *apart))


def facet(kind: str, value: str) -> str:
    """A word that stands for a property of an article; no text holds one by chance."""
    return f"x{kind}{hashlib.sha256(value.encode()).hexdigest()[:12]}"


def read_question(text: str, lemmas: Lemmas, lang: str = "") -> Question:
    """What somebody typed: words, "phrases", -excluded ones and begin* as a beginning.

    `lang`: of the articles that are looked for; empty: any. What cannot be looked for is left out.
    """
    clauses: list[Clause] = []
    for found in list(_TERM.finditer(text[:MOST_LETTERS]))[:MOST_TERMS]:
        phrase, word = found["phrase"], found["word"] or ""
        typed = word if phrase is None else phrase
        is_excluded = bool(found["minus"])
        begins = phrase is None and typed.endswith("*")
        words = [typed[start:end] for start, end in spans(typed)]
        if not words or (begins and len(fold(words[-1])) < _LEAST_PREFIX):
            continue
        sequences = _sequences(words, lemmas, [lang] if lang else [], is_prefix=begins)
        if sequences:
            clauses.append(Clause(sequences, begins, is_excluded))
    return Question(
        tuple(one for one in clauses if not one.is_excluded), tuple(one for one in clauses if one.is_excluded)
    )


def _sequences(
    words: Sequence[str], lemmas: Lemmas, langs: Sequence[str], *, is_prefix: bool
) -> tuple[tuple[str, ...], ...]:
    """The forms of one word under each language's rule, or of a row of words, all under the same rule."""
    last = [fold(words[-1])] if is_prefix else []
    read = [lemmas.variants(word, langs) for word in (words[:-1] if is_prefix else words)]
    if len(words) == 1 and not is_prefix:
        forms = dict.fromkeys(form for variant in read[0].values() for form in variant)
        return tuple((form,) for form in forms if form)
    rules = dict.fromkeys(rule for variants in read for rule in variants) or {"": None}
    rows = (tuple([v.get(rule, v[""])[0] for v in read] + last) for rule in rules)
    return tuple(dict.fromkeys(row for row in rows if all(row)))


def fts5(question: Question, facets: Sequence[Sequence[str]], not_facets: Sequence[str]) -> str:
    """The question in the words of SQLite's index; of each row of facets one holds, of `not_facets` none."""
    wanted = [_fts5(one) for one in question.clauses]
    wanted += [_any(f'"{one}"' for one in row) for row in facets]
    unwanted = [_fts5(one) for one in question.excluded] + [f'"{one}"' for one in not_facets]
    whole = " AND ".join(wanted)
    return f"({whole}) NOT {_any(unwanted)}" if whole and unwanted else whole


def tsquery(question: Question, facets: Sequence[Sequence[str]], not_facets: Sequence[str]) -> str:
    """The same in the words of PostgreSQL."""
    wanted = [_tsquery(one) for one in question.clauses]
    wanted += ["(" + " | ".join(f"'{one}'" for one in row) + ")" for row in facets]
    unwanted = [_tsquery(one) for one in question.excluded] + [f"'{one}'" for one in not_facets]
    whole = " & ".join(wanted)
    return f"{whole} & !({' | '.join(unwanted)})" if whole and unwanted else whole


def _fts5(clause: Clause) -> str:
    star = "*" if clause.is_prefix else ""
    return _any(f'"{" ".join(row)}"{star}' for row in clause.sequences)


def _tsquery(clause: Clause) -> str:
    star = ":*" if clause.is_prefix else ""
    rows = (" <-> ".join(f"'{one}'" for one in row) + star for row in clause.sequences)
    return "(" + " | ".join(rows) + ")"


def _any(parts: Iterable[str]) -> str:
    return "(" + " OR ".join(parts) + ")"


def find_words(
    lemmas: Lemmas, text: str, lang: str, question: Question, *, most: int
) -> list[tuple[int, int]]:
    """Where the first words of a text stand that a question looks for; at most `most`.

    Only words that begin as a form that is looked for are read: a few of a text, so that a page is quick.
    """
    forms, begins = question.marked
    heads = {form[:2] for form in forms}
    found: list[tuple[int, int]] = []
    for start, end in spans(text):
        folded = fold(text[start:end])
        is_one = folded.startswith(begins) if begins else False
        if not is_one and folded[:2] in heads:
            is_one = any(forms.intersection(word.forms) for word in lemmas.words(text[start:end], lang))
        if is_one:
            found.append((start, end))
            if len(found) == most:
                break
    return found
