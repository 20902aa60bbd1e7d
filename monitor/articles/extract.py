"""One fetched page as title, text, date and language, or the reason why not. Pure."""

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from zoneinfo import ZoneInfo

import trafilatura
import trafilatura.meta
from lxml.html import HtmlElement

from monitor.articles.boilerplate import PageRules, ends_like_a_sentence, trim
from monitor.articles.container import story_lines
from monitor.articles.decoding import clean, page_text
from monitor.articles.language import READ, DetectLanguage
from monitor.articles.pagemeta import read_meta, refine
from monitor.articles.pagetree import PARSE_ERRORS, block_lines, parse_page, prune
from monitor.articles.selectors import NO_SELECTORS, PageSelectors, Selected, select
from monitor.articles.types import Extracted, no_text
from monitor.core.dates import Months
from monitor.core.ids import PageUrl
from monitor.core.ledger import Reason
from monitor.core.text import squeeze

_HTML_TYPES = ("html", "xml", "text/plain", "octet-stream")  # servers that send no type or a lazy one
_HTML_HEAD = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|div|p|article|table)\b", re.IGNORECASE)
_MAX_CHARS = 3_000_000  # of a page; what comes after is comments and scripts
_MAX_TAGS = (
    15_000  # opening and closing: no story lies behind so many, and each costs up to half a millisecond
)
_MAX_TEXT = 200_000
_MIN_LETTERS = 60  # shorter is a caption or an error message; the shortest item of the corpus has 88
_CJK_WEIGHT = 3  # a Chinese character says as much as three letters
_GOOD = 0.5  # quality below which the slower extractor and other versions of the text are tried
_LONG_LINE = 120  # characters: prose even where the full stop is missing
_FULL_LETTERS = 400  # letters of a text of full quality
_FEED_SHARE = 0.6  # a feed's text shorter than this part of the page's is an excerpt
_LD_SHARE = 0.7  # the same for JSON-LD; some sites put only the lead there
_OVERLAP = 0.8  # share of a version's words that the page must show, or it is another text
_SUMMARY_QUALITY = 0.3  # cap: it is a summary, not the story
_BIG_PAGE = 400_000  # characters from which the extractor's own caches of strings are emptied
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile("[\u3040-\u9fff]")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|&hellip;)\s*\]?$")

FreshTree = Callable[[], HtmlElement | None]  # extraction changes its tree, so each try gets its own


def extract_page(
    body: bytes,
    *,
    url: PageUrl,
    content_type: str,
    source_zone: str,
    feed_title: str,
    feed_summary: str,
    feed_text: str,
    feed_published: datetime | None,
    now: datetime,
    detect: DetectLanguage,
    rules: PageRules,
    months: Months,
    selectors: PageSelectors = NO_SELECTORS,
) -> Extracted:
    """The story of a page, from the page and what its feed said of it.

    `detect`, `rules` and `months` are bound by the wiring; `selectors` are its source's own. `reason`:
    NOT_HTML, BAD_ENCODING, NO_TEXT or LANGUAGE_NOT_READ; None when the text can be used. `published_at` is
    the page's own date or None; the feed's only completes a day without a time. Never raises.
    """
    page = _as_html(body, content_type)
    if isinstance(page, Reason):
        return no_text(page, title=clean(squeeze(feed_title)))
    zone = ZoneInfo(source_zone)
    parsed = parse_page(page)
    if parsed is None:
        return no_text(Reason.NO_TEXT, title=clean(squeeze(feed_title)))
    own = select(page, selectors)
    meta = read_meta(
        parsed,
        url=url,
        zone=zone,
        feed_title=feed_title,
        now=now,
        months=months,
        own_date=own.date,
        feed_published=feed_published,
    )
    title = clean(own.title or squeeze(meta.title or feed_title))
    text = _own_text(own, title, rules)
    if not is_story(text):
        fresh = partial(deepcopy, parsed) if own.page is page else partial(parse_page, own.page)
        text = _best_text(fresh, parsed, title, (meta.body, feed_text), rules)
    quality = quality_of(text)
    if not is_story(text):
        text = _trimmed(title, feed_summary, rules)
        quality = min(_SUMMARY_QUALITY, quality_of(text))
    if len(page) > _BIG_PAGE:
        trafilatura.meta.reset_caches()
    lang = detect(text or title)
    return Extracted(
        title=title,
        text=text,
        author=clean(own.author or meta.author),
        published_at=None if meta.published is None else refine(meta.published, feed_published, zone),
        published_from=meta.published_from,
        lang=lang,
        canonical_url=meta.canonical_url,
        quality=round(quality, 3),
        reason=_reason(text, lang),
        note=f"rules that found nothing: {', '.join(own.missed)}" if own.missed else "",
    )


@lru_cache(maxsize=16)  # asked several times of the same text on its way to the best version
def quality_of(text: str) -> float:
    """How much like a story a text looks, 0..1: long enough, and made of lines that end like sentences."""
    lines = [line for line in text.split("\n") if line]
    letters = _letters(text)
    if not letters:
        return 0.0
    in_sentences = sum(
        _letters(line) for line in lines if ends_like_a_sentence(line) or len(line) >= _LONG_LINE
    )
    return float(min(1.0, letters / _FULL_LETTERS) ** 0.5 * in_sentences / letters)


def is_story(text: str) -> bool:
    """False for a caption, an error message or a menu: too short, or not one sentence in it."""
    return _letters(text) >= _MIN_LETTERS and quality_of(text) > 0


def _as_html(body: bytes, content_type: str) -> str | Reason:
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not any(known in kind for known in _HTML_TYPES):
        return Reason.NOT_HTML
    if not body.strip():
        return Reason.NO_TEXT
    page = page_text(body, content_type)
    if page is None:
        # bytes that are no text in any encoding: an image or archive under a wrong type is no broken page
        head = body[:4096].decode("latin-1")
        return Reason.BAD_ENCODING if _HTML_HEAD.search(head) else Reason.NOT_HTML
    return _capped(page) if _HTML_HEAD.search(page) else Reason.NOT_HTML


def _capped(page: str) -> str:
    """The beginning of a page that is too large to be one."""
    last = next(islice(re.finditer("<", page), _MAX_TAGS, None), None)
    return page[: min(_MAX_CHARS, last.start() if last else _MAX_CHARS)]


def _trimmed(title: str, text: str, rules: PageRules) -> str:
    """The story's lines of a raw text; twice what is kept is looked at, since frames are cut off it."""
    return trim(title, clean(text[: 2 * _MAX_TEXT]), rules)[:_MAX_TEXT]


def _own_text(own: Selected, title: str, rules: PageRules) -> str:
    """The text that the source's own rule points at; empty without such a rule."""
    tree = parse_page(own.page) if own.has_story else None
    if tree is None:
        return ""
    prune(tree)
    return _trimmed(title, "\n".join(line.text for line in block_lines(tree)), rules)


def _best_text(
    fresh: FreshTree, parsed: HtmlElement, title: str, versions: tuple[str, str], rules: PageRules
) -> str:
    """The page's text, or JSON-LD's or the feed's (`versions`) where that is the cleaner whole."""
    pruned = _pruned(fresh())
    text = _from_page(deepcopy(pruned), title, rules, fast=True)
    if quality_of(text) < _GOOD:
        slower = _from_page(deepcopy(pruned), title, rules, fast=False)
        text = max((text, slower), key=quality_of)
    told = _told(pruned, text, title, rules)
    if is_story(told) and quality_of(told) >= min(_GOOD, quality_of(text)):
        text = told
    if not is_story(text):  # pruning may have taken a story that is made of links
        text = _from_page(fresh(), title, rules, fast=True)
    for other, share in zip(versions, (_LD_SHARE, _FEED_SHARE), strict=True):
        candidate = _trimmed(title, _plain(other), rules)
        if _is_better(candidate, text, share, parsed):
            text = candidate
    return text


def _told(tree: HtmlElement | None, text: str, title: str, rules: PageRules) -> str:
    """The story read off the block in which a first version of it stands. The tree is changed."""
    if tree is None:
        return ""
    anchors = text.split("\n") if is_story(text) else ()
    lines = story_lines(tree, anchors, title=title, around=rules.around, credits=rules.keep_lines)
    return _trimmed(title, lines, rules)


def _pruned(tree: HtmlElement | None) -> HtmlElement | None:
    """The tree without teasers; None where its markup is beyond that."""
    if tree is None:
        return None
    try:
        prune(tree)
    except PARSE_ERRORS:
        return None
    return tree


def _from_page(tree: HtmlElement | None, title: str, rules: PageRules, *, fast: bool) -> str:
    if tree is None:
        return ""
    try:
        found = trafilatura.bare_extraction(
            tree,
            fast=fast,
            include_comments=False,
            include_tables=True,
            include_images=False,
            include_links=False,
        )
    except PARSE_ERRORS:
        return ""
    raw = getattr(found, "text", None) or ""
    return _trimmed(title, str(raw), rules)


def _is_better(candidate: str, text: str, share: float, parsed: HtmlElement) -> bool:
    """True when another version is the whole story in a cleaner form than what the page's markup gave."""
    if _letters(candidate) < _MIN_LETTERS or _CUT_OFF.search(candidate):
        return False
    if quality_of(text) < _GOOD:
        return quality_of(candidate) > quality_of(text)
    if len(candidate) < share * len(text) or quality_of(candidate) < _GOOD:
        return False
    words = _words(candidate)
    return len(words & _words(parsed.text_content())) >= _OVERLAP * len(words)


def _plain(html: str) -> str:
    """JSON-LD bodies come as text or as markup."""
    if "<" not in html:
        return html
    parsed = parse_page(re.sub(r"</p>|<br\s*/?>", "\n", html, flags=re.IGNORECASE))
    return "" if parsed is None else str(parsed.text_content())


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text)) + (_CJK_WEIGHT - 1) * len(_CJK.findall(text))


def _reason(text: str, lang: str) -> Reason | None:
    if not is_story(text):
        return Reason.NO_TEXT
    return None if lang in READ else Reason.LANGUAGE_NOT_READ
