"""Titles as the Latin words of an address."""

import re
import unicodedata

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "і": "i",
    "й": "j", "и": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "e", "ї": "i", "ґ": "g", "ł": "l",
}  # fmt: skip
_MAX = 60


def slug(title: str) -> str:
    """Lower-case Latin words joined by hyphens, at most 60 characters; "novost" where no letter has any."""
    letters = "".join(_LATIN.get(ch, ch) for ch in unicodedata.normalize("NFC", title).lower())
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:_MAX].rstrip("-") or "novost"
