"""The weekly audit: samples out as a sheet, answers back in."""

from monitor.articles.audit import audit_items_of
from monitor.articles.audit_types import AuditItem, Draw
from monitor.articles.store import get_many
from monitor.articles.types import Article
from monitor.core.counts import Counts
from monitor.core.ids import AgreementId, ArticleId, Week
from monitor.core.text import shorten
from monitor.reports.withhold import Withholding
from monitor.review.audit import draw_sample, take_answers
from monitor.review.sheet import Known, SheetRow, read_sheet, write_sheet
from monitor.wiring.app import App
from monitor.wiring.gaptables import audit_plan
from monitor.wiring.withholding import withholding_of

LEAD_LIMIT = 800  # characters: enough to judge by, and a row of a sheet can still be read


def sample_of(app: App, week: Week) -> tuple[Draw, list[AuditItem]]:
    """The sample of a week, drawn now where it was not. Errors: as `draw_sample`."""
    return draw_sample(
        db=app.ready_db,
        register=app.register,
        plan=audit_plan(app),
        week=week,
        now=app.clock(),
        zone=app.zone,
        min_p=app.link_model.link_at,
    )


def draw(app: App, week: Week) -> tuple[Draw, bytes]:
    """The sample of a week and its sheet. Errors: as `draw_sample`."""
    drawn, items = sample_of(app, week)
    with app.ready_db.reading() as tx:
        articles = get_many(tx, [item.article for item in items])
    withholding = withholding_of(app, "ru")
    return drawn, write_sheet([_row(app, item, articles[item.article], withholding) for item in items])


def take_in(app: App, data: bytes, name: str, *, who: str) -> tuple[Counts, int]:
    """Keep the answers of a sheet: what was done, and how many rows are still open.

    Errors: InputError with every bad row, then nothing is kept; UsageError without a name.
    """
    with app.ready_db.reading() as tx:
        items = {item.id: (item.article, item.week) for item in audit_items_of(tx)}
    known = Known(items, frozenset(app.register.family_of), frozenset(app.register.topics))
    said, n_open = read_sheet(data, name, audit_plan(app), known)
    counts = take_answers(
        db=app.ready_db,
        said=said,
        register=app.register,
        who=who,
        now=app.clock(),
        min_p=app.link_model.link_at,
    )
    return counts, n_open


def _row(app: App, item: AuditItem, article: Article, withholding: Withholding) -> SheetRow:
    """A text as the reviewer may see it. An outlet that is not named is not linked either."""
    named = withholding.may_name(article.source_id)
    return SheetRow(
        item=item.id,
        article=ArticleId(item.article),
        published=f"{article.published_at.astimezone(app.zone):%Y-%m-%d}",
        outlet=withholding.name(article.source_id),
        language=item.lang,
        title=withholding.quote(article.title),
        lead=quoted_whole(withholding, shorten(article.text, LEAD_LIMIT)),
        link=withholding.link(article.url) if named else "",
        candidates=tuple((id, _title(app, id)) for id in item.offered),
    )


def quoted_whole(withholding: Withholding, text: str) -> str:
    """A text of any length in pieces that `quote` takes whole, so that no listed host stands in it."""
    words = text.split(" ")
    lines, line = list[str](), ""
    for word in words:
        if len(line) + len(word) > 250 and line:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return " ".join(withholding.quote(one) for one in (*lines, line) if one)


def _title(app: App, agreement: AgreementId) -> str:
    found = app.register.agreements.get(agreement)
    return "" if found is None else shorten(found.title_ru or found.title, 120)
