"""Where a text begins to tell its story: menus, section names and datelines of a web page stand before it.

Extraction takes most of a page's chrome away; this is for what it leaves and for texts pasted by hand. Judged
by the shape of lines alone, so it needs no words of any language.
"""

import re

_SHORT = 60  # characters: menu entries, sections, dates and bylines; headlines of news are mostly longer
_PARAGRAPH = 80  # characters: a line of the story itself, when it ends like a sentence
_LOOK_AT = 12_000  # characters: a longer menu than this is no article
_SENTENCE_END = re.compile(r"""[.!?…。！？:;,]["'»”“)\]]*$""")


def story(text: str) -> str:
    """The text without menu-like lines at its beginning; unchanged when no line looks like a paragraph.

    Before the first paragraph, lines that are short and do not end like a sentence are left out; a longer
    line there may be the headline and stays.
    """
    if "\n" not in text:
        return text
    begin = text[:_LOOK_AT]
    kept: list[str] = []
    at = 0
    for line in begin.split("\n"):
        if _is_paragraph(line.strip()):
            return text if at == 0 else "\n".join([*kept, text[at:]])
        if not _is_menu(line.strip()):
            kept.append(line)
        at += len(line) + 1
    return text


def _is_paragraph(line: str) -> bool:
    return len(line) >= _PARAGRAPH and _SENTENCE_END.search(line) is not None


def _is_menu(line: str) -> bool:
    return len(line) < _SHORT and _SENTENCE_END.search(line) is None
