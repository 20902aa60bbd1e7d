"""The table of a region that answers are read from: the same report that the pages are made of."""

from typing import Annotated, Literal

from fastapi import Path, Query

from monitor.core.ids import ArticleId
from monitor.reports.catalogue import catalogue
from monitor.reports.row_types import Proof
from monitor.reports.store import article_facts
from monitor.reports.types import Report
from monitor.web.api.answers import Table
from monitor.web.api.doors import Ground
from monitor.web.regions import known_region
from monitor.web.texts import withholding_of

KEY = r"^[A-Za-z0-9_.-]{1,120}$"
Key = Annotated[str, Path(pattern=KEY)]
Lang = Annotated[Literal["ru", "be", "en"], Query(description="Language of names and titles")]
Region = Annotated[str, Query(max_length=80, description="Id of a region; empty: the first")]


def table_of(standing: Ground, region: str, lang: str) -> tuple[Report, Table]:
    """The latest report of a region, and what it is read from. Errors: RefusedError, as `Desk.report`."""
    report, is_old = standing.desk.report(standing.app, known_region(standing.app, region), lang)
    return report, Table(report.week, report.region, report.to_on, report.is_demo, is_old)


def shown_proofs(standing: Ground, report: Report, proofs: list[Proof]) -> list[Proof]:
    """Those that may be told of today: an outlet may have been listed since the report was made."""
    app = standing.app
    withholding = withholding_of(app, catalogue(report.lang))
    named = [proof for proof in proofs if proof.is_named]
    with app.ready_db.reading() as tx:
        facts = article_facts(tx, [ArticleId(proof.article) for proof in named], zone=app.zone)

    def may(proof: Proof) -> bool:
        fact = facts.get(proof.article)
        return bool(withholding.link(proof.url)) and (fact is None or withholding.may_name(fact.source_id))

    return [proof for proof in named if may(proof)]
