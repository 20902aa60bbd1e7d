"""What a page says of its story besides the text: title, author, date and how it was known, address. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice, takewhile
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from monitor.articles.jsonld import agree, own_article, site
from monitor.core.clock import day_start
from monitor.core.dates import Months, is_plausible, parse_date
from monitor.core.ids import PageUrl
from monitor.core.text import squeeze
from monitor.core.urls import normalise

_OLDEST = 1995  # no source is older on the web; an earlier year is a broken clock
_META_DATES = (
    "article:published_time", "datepublished", "og:published_time", "mediator_published_time",
    "pubdate", "publishdate", "publish_date",
)  # fmt: skip
# Names that templates also give to the day of the site or of the template itself
_WEAK_META_DATES = ("dc.date.issued", "dcterms.created", "date")
_WEAK_WITHIN = timedelta(days=7)  # of the feed's date: a feed shows a story soon after it came out
_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,\-–—в]+(\d{1,2}):(\d{2}))?")
_URL_YMD = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])")
_URL_DMY = re.compile(r"/(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(20\d\d)/")
_URL_COMPACT = re.compile(r"/(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/-])")
# A date in one of these is another story's, or today's.
_ASIDE = re.compile(
    r"sidebar|widget|related|similar|teaser|recent|latest|popular|comment|footer|header-top|menu|nav|banner|slider"
)
_ASIDE_TAGS = {"nav", "aside", "footer"}
_MARKED_DATE = re.compile(r"publish|entry-date|post-date|article-date|news-date|created")
_SITE_PREFIX = re.compile(r"([^|—–•·»:]{2,60}?)\s+[|—–•·»:\-]\s+")
_SITE_SUFFIX = re.compile(r"\s+[|—–•·»:\-]\s+[^|—–•·»]{2,60}$")
_CLIMB = 4  # ancestors of the headline in which its own date may stand
_DATELINE = 45  # characters of an element that says little more than a date
_BEHIND, _BEFORE = 40, 15  # elements behind and before a headline in which its date may stand
_PROSE = 120  # characters of a text with which the story has begun
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_DIGIT = re.compile(r"\d")
_HEADINGS = 40  # of a page that may be its title
_FEW = 5  # headlines and
_MANY = 100  # times of a page that are looked at; more is a list page or an attack
_MAX_TITLE = 500
_MAX_AUTHOR = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a page gave it. `has_time` False: only the day is known, `at` is its first moment there."""

    at: datetime
    has_time: bool


@dataclass(frozen=True, slots=True)
class PageMeta:
    """Title, author and `published_from` may be empty; the last is one of those in `Extracted`."""

    title: str
    author: str
    published: Moment | None
    published_from: str
    canonical_url: PageUrl | None
    body: str  # articleBody of JSON-LD, else empty


def read_meta(
    tree: HtmlElement,
    *,
    url: PageUrl,
    zone: ZoneInfo,
    feed_title: str,
    now: datetime,
    months: Months,
    own_date: str = "",
    feed_published: datetime | None = None,
) -> PageMeta:
    """Everything but the text. `own_date`: what the source's rule for dates pointed at.

    A visible date counts only where the feed gave none, nothing better is said and it stands alone beside the
    headline: the first date on a page is often today's or another story's. A meta whose name need not mean
    the story counts only where no better place has a date, and not against a feed's date of another week.
    """
    metas = _metas(tree)
    canonical = _canonical(tree, metas, url)
    article = own_article(
        tree,
        addresses=[address for address in (url, canonical) if address],
        titles=_titles(tree, metas, feed_title),
    )
    declared = [(metas[name], "meta") for name in _META_DATES if name in metas]
    declared.append((_as_text(article.get("datePublished")), "json_ld"))
    declared.append((_time_tag(tree), "time_tag"))
    dates = [(_written(own_date, zone, months, now), "rule")]
    dates += [(parse_moment(raw, zone), how) for raw, how in declared]
    dates.append((date_in_url(url, zone), "url"))
    possible = _possible(dates, now, zone)
    weak = [(parse_moment(metas[name], zone), "meta") for name in _WEAK_META_DATES if name in metas]
    possible = _with_weak(possible, _possible(weak, now, zone), feed_published, zone)
    title = _title(tree, metas, article, feed_title)[:_MAX_TITLE]
    if feed_published is None and not possible and (shown := _visible(tree, title, zone, months, now)):
        possible.append((shown, "visible"))
    published, published_from = possible[0] if possible else (None, "")
    return PageMeta(
        title=title,
        author=_author(tree, metas, article)[:_MAX_AUTHOR],
        published=published,
        published_from=published_from,
        canonical_url=canonical,
        body=_as_text(article.get("articleBody")),
    )


def parse_moment(raw: str, zone: ZoneInfo) -> Moment | None:
    """A machine-readable or day-first date; without a zone it is in `zone`. None when it is none."""
    text = squeeze(raw)
    try:
        at, has_time = datetime.fromisoformat(text), len(text) > len("2026-09-17")
    except ValueError:
        match = _DAY_FIRST.match(text)
        try:
            if match:
                day, month, year = (int(g) for g in match.group(1, 2, 3))
                at = datetime(year, month, day, int(match.group(4) or 0), int(match.group(5) or 0))  # noqa: DTZ001
                has_time = match.group(4) is not None
            else:
                at, has_time = parsedate_to_datetime(text), True
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return Moment((at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC), has_time)
    except (OverflowError, ValueError):
        return None


def date_in_url(url: str, zone: ZoneInfo) -> Moment | None:
    """The day in a path such as /2025/06/12/slug, /12062025/slug or /20250612-slug; None without one."""
    path = urlsplit(url).path
    for pattern, order in ((_URL_YMD, (1, 2, 3)), (_URL_DMY, (3, 2, 1)), (_URL_COMPACT, (1, 2, 3))):
        match = pattern.search(path)
        if match:
            year, month, day = (int(match.group(i)) for i in order)
            try:
                return Moment(datetime(year, month, day, tzinfo=zone).astimezone(UTC), False)
            except ValueError:
                continue
    return None


def refine(page: Moment, feed: datetime | None, zone: ZoneInfo) -> datetime:
    """The page's time; where it names only the day and the feed a time on that day, the feed's."""
    if page.has_time:
        return page.at
    if feed is not None and feed.astimezone(zone).date() == page.at.astimezone(zone).date():
        return feed.astimezone(UTC)
    return day_start(page.at.astimezone(zone).date(), zone)


def _possible(
    dates: list[tuple[Moment | None, str]], now: datetime, zone: ZoneInfo
) -> list[tuple[Moment, str]]:
    """Those that can be a story's; today's without a time is the day of the visit."""
    today = now.astimezone(zone).date()
    return [
        (m, how)
        for m, how in dates
        if m is not None and _is_possible(m, now) and (m.has_time or m.at.astimezone(zone).date() != today)
    ]


def _with_weak(
    possible: list[tuple[Moment, str]], weak: list[tuple[Moment, str]], feed: datetime | None, zone: ZoneInfo
) -> list[tuple[Moment, str]]:
    """The dates, and a weak one where there is no other or where it adds the time to the first one's day."""
    if not possible:
        return [one for one in weak if feed is None or abs(one[0].at - feed) <= _WEAK_WITHIN]
    first = possible[0][0]
    day = first.at.astimezone(zone).date()
    fuller = [m for m, _ in weak if m.has_time and not first.has_time and m.at.astimezone(zone).date() == day]
    return [(fuller[0], "meta"), *possible] if fuller else possible


def _is_possible(moment: Moment, now: datetime) -> bool:
    return moment.at.year >= _OLDEST and moment.at <= now + timedelta(days=1)


def _metas(tree: HtmlElement) -> dict[str, str]:
    """First value of each meta by lower-case name, property or itemprop."""
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        value = squeeze(node.get("content") or "")
        if name and value:
            found.setdefault(name.strip().lower(), value)
    return found


def _as_text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _titles(tree: HtmlElement, metas: dict[str, str], feed_title: str) -> list[str]:
    """What a page and its feed call the story."""
    headings = [squeeze(node.text_content()) for node in islice(tree.iter("h1"), _FEW)]
    page_title = squeeze(tree.findtext(".//title") or "")
    return [*headings, metas.get("og:title", ""), squeeze(feed_title), page_title]


def _title(tree: HtmlElement, metas: dict[str, str], article: dict[str, Any], feed_title: str) -> str:
    """JSON-LD's headline; the h1 that the other titles agree with; og:title; the feed's; <title>."""
    headline = squeeze(_as_text(article.get("headline")))
    page_title = squeeze(tree.findtext(".//title") or "")
    others = [t for t in (headline, metas.get("og:title", ""), squeeze(feed_title), page_title) if t]
    if heading := _named_in(tree, others):
        return heading
    for node in islice(tree.iter("h1"), _FEW):
        h1 = squeeze(node.text_content())
        if h1 and any(agree(h1, other) for other in others):
            return h1
    if headline:
        return headline
    from_site = _SITE_SUFFIX.sub("", metas.get("og:title", ""))
    return from_site or squeeze(feed_title) or _without_site(tree, page_title)


def _without_site(tree: HtmlElement, page_title: str) -> str:
    """<title> without the site's name, which stands at its end or, if the logo says the same, before it."""
    first = _SITE_PREFIX.match(page_title)
    if first:
        links = (squeeze(a.text_content()) for a in islice(tree.iter("a"), _MANY) if _leads_home(a))
        if first[1].casefold() in {words.casefold() for words in links}:
            return page_title[first.end() :]
    return _SITE_SUFFIX.sub("", page_title)


def _named_in(tree: HtmlElement, others: list[str]) -> str:
    """The longest heading that another title holds as a whole; the site's name is one too, but links home."""
    found = ""
    told = [other.casefold() for other in others]
    for node in islice(tree.iter("h1", "h2", "h3"), _HEADINGS):
        heading = squeeze(node.text_content())
        is_named = any(heading.casefold() in other for other in told)
        if len(heading) > len(found) and is_named and not _links_home(node):
            found = heading
    return found


def _links_home(heading: HtmlElement) -> bool:
    link = heading.find(".//a")
    link = heading.getparent() if link is None and heading.getparent() is not None else link
    return link is not None and link.tag == "a" and _leads_home(link)


def _leads_home(link: HtmlElement) -> bool:
    try:
        return urlsplit(link.get("href") or "").path in ("", "/")
    except ValueError:  # no address of this world
        return False


def _author(tree: HtmlElement, metas: dict[str, str], article: dict[str, Any]) -> str:
    author = article.get("author")
    first = author[0] if isinstance(author, list) and author else author
    name = _as_text(first.get("name")) if isinstance(first, dict) else _as_text(first)
    if name or "author" in metas:
        return squeeze(name or metas["author"])
    for node in tree.iterfind(".//*[@rel='author']"):
        return squeeze(node.text_content())
    for node in tree.iterfind(".//*[@itemprop='author']"):
        return squeeze(node.get("content") or node.text_content())
    return ""


def _time_tag(tree: HtmlElement) -> str:
    """The <time> that is the story's own: marked as such, or alone beside the headline."""
    times = islice(tree.iter("time"), _MANY)
    own = [node for node in times if node.get("datetime") and not _stands_aside(node)]
    for node in own:
        label = f"{node.get('itemprop') or ''} {node.get('class') or ''}".lower()
        if _MARKED_DATE.search(label) and "updated" not in label.split():
            return str(node.get("datetime"))
    for headline in islice(tree.iter("h1"), _FEW):
        for around in islice(headline.iterancestors(), _CLIMB):
            near = {str(node.get("datetime")) for node in own if around in node.iterancestors()}
            if near:
                return near.pop() if len(near) == 1 else ""
    return ""


def _written(text: str, zone: ZoneInfo, months: Months, now: datetime) -> Moment | None:
    """A date as people write it."""
    found = parse_date(text, zone=zone, months=months, now=now) if text else None
    if found is None or not is_plausible(found.at, now):
        return None
    return Moment(found.at, _CLOCK.search(text) is not None)


def _visible(tree: HtmlElement, title: str, zone: ZoneInfo, months: Months, now: datetime) -> Moment | None:
    """The date that stands as a line of its own behind the story's headline, or else just before it.

    Today's date without a time is no news: it is in the head of many sites, and "first seen" says the same.
    """
    headline = _headline(tree, title)
    if headline is None:
        return None
    nodes = list(tree.iter())
    at = nodes.index(headline)
    behind = takewhile(lambda node: len(squeeze(node.text or "")) < _PROSE, nodes[at + 1 : at + _BEHIND])
    for near in (behind, reversed(nodes[max(0, at - _BEFORE) : at])):
        found = [moment for node in near if (moment := _written(_dateline(node), zone, months, now))]
        days = {moment.at.astimezone(zone).date() for moment in found} - {now.astimezone(zone).date()}
        if days:
            by_day = [moment for moment in found if moment.at.astimezone(zone).date() in days]
            return max(by_day, key=lambda moment: moment.has_time) if len(days) == 1 else None
    return None


def _headline(tree: HtmlElement, title: str) -> HtmlElement | None:
    wanted = squeeze(title).casefold()
    headings = islice(tree.iter("h1", "h2", "h3"), _MANY)
    return next((node for node in headings if squeeze(node.text_content()).casefold() == wanted), None)


def _dateline(node: HtmlElement) -> str:
    """The words of an element that may be a date and little else; empty for all others."""
    if node.tag in ("a", "script", "style", "h1") or len(node) >= _FEW:
        return ""
    words = squeeze(node.text_content())
    is_short = len(words) <= _DATELINE and _DIGIT.search(words) is not None
    return words if is_short and not _is_aside(node) and not _stands_aside(node) else ""


def _stands_aside(node: HtmlElement) -> bool:
    for around in node.iterancestors():
        if around.tag in ("body", "html"):  # their classes name the theme and what is open
            return False
        if _is_aside(around):
            return True
    return False


def _is_aside(node: HtmlElement) -> bool:
    label = f"{node.get('class') or ''} {node.get('id') or ''}".lower()
    return node.tag in _ASIDE_TAGS or _ASIDE.search(label) is not None


def _canonical(tree: HtmlElement, metas: dict[str, str], url: PageUrl) -> PageUrl | None:
    """The address the page names as its own, if it is on the same site and no front page."""
    links = [
        node.get("href") or "" for node in tree.iter("link") if (node.get("rel") or "").lower() == "canonical"
    ]
    for raw in [*links, metas.get("og:url", "")]:
        found = normalise(raw, base=url) if raw.strip() else None
        if found is not None and site(found) == site(url) and urlsplit(found).path.strip("/"):
            return found
    return None
