"""Agreements and what is written of them: overview, table, family, register, topics, matrix."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException

from monitor.core.api_tokens import Scope
from monitor.core.ids import FamilyId
from monitor.gaps.answers import list_answers
from monitor.register.types import Agreement
from monitor.web.api.answers import (
    AgreementAnswer,
    AgreementsAnswer,
    FamilyAnswer,
    GapsAnswer,
    GivenAnswer,
    MatrixAnswer,
    OverviewAnswer,
    PartyAnswer,
    TopicsAnswer,
)
from monitor.web.api.doors import Ground, Standing, needs, refuse_unknown
from monitor.web.api.paging import Asking, part_of
from monitor.web.api.tables import Key, Lang, Region, shown_proofs, table_of
from monitor.web.asked import RefusedError
from monitor.web.pages.family import home_region
from monitor.web.wish import Wish, chosen, wish_of

router = APIRouter(dependencies=[Depends(needs(Scope.GAPS)), Depends(refuse_unknown)], tags=["agreements"])
Text = Annotated[str, Query(max_length=80)]
State = Literal["", "uncovered", "thin", "undecided", "covered", "unmeasured", "not_due", "due"]


def read_wish(
    standing: Standing,
    region: Region = "",
    scope: Literal["own", "national", "both"] = "own",
    state: State = "",
    topic: Text = "",
    kind: Literal["", "government", "company", "university", "other"] = "",
    partner: Annotated[str, Query(max_length=2, description="Country: ISO 3166, two letters")] = "",
    window: Literal["", "in4", "in13", "not4", "not13"] = "",
    sort: Literal["order", "sure", "found", "name"] = "order",
) -> Wish:
    """The filters of the table, as on the page; one that means nothing is refused here, not left out."""
    given = {"scope": scope, "state": state, "topic": topic, "kind": kind, "partner": partner,
             "window": window, "sort": sort}  # fmt: skip
    wish = wish_of(standing.app, {**given, "region": region})
    for name, value in given.items():
        if getattr(wish, name) != value:
            raise HTTPException(404, f"{name}: there is no such")
    return wish


@router.get("/overview")
def overview(standing: Standing, region: Region = "", lang: Lang = "ru") -> OverviewAnswer:
    """A region this week: numbers by state, trend, the yearly share, dates ahead, blind spots, method."""
    report, table = table_of(standing, region, lang)
    named = tuple(spot for spot in report.blind_spots if spot.name)
    return OverviewAnswer(
        table=table,
        totals=report.totals,
        yearly=report.yearly,
        trend=report.trend,
        calendar=report.calendar,
        blind_spots=named,
        unnamed_blind_spots=len(report.blind_spots) - len(named),
        agency=report.agency,
        method=report.method,
    )


@router.get("/gaps")
def gaps(
    standing: Standing, wish: Annotated[Wish, Depends(read_wish)], asking: Asking, lang: Lang = "ru"
) -> GapsAnswer:
    """Rows of the table, filtered and sorted as on the page, and their numbers."""
    report, table = table_of(standing, wish.region, lang)
    rows = chosen(report, standing.app.register, wish)
    part, onward = part_of(rows, lambda row: row.family, asking)
    return GapsAnswer(table, len(rows), part, onward)


@router.get("/families/{family}")
def family(standing: Standing, family: Key, region: Region = "", lang: Lang = "ru") -> FamilyAnswer:
    """One family as a region's table tells of it, with its articles and what people answered."""
    app, wanted = standing.app, FamilyId(family)
    report, table = table_of(standing, region or home_region(app, wanted), lang)
    try:
        row = report.row(wanted)
    except KeyError as error:
        raise RefusedError("not_found", 404) from error
    proofs = [proof for proof in report.articles if wanted in proof.families]
    shown = shown_proofs(standing, report, proofs)
    with app.ready_db.reading() as tx:
        said = list_answers(tx, wanted)
    return FamilyAnswer(
        table=table,
        row=row,
        articles=tuple(shown),
        unnamed_articles=len(proofs) - len(shown),
        answers=tuple(GivenAnswer(one.kind.value, one.at.astimezone(app.zone).date()) for one in said),
    )


@router.get("/agreements")
def agreements(standing: Standing, asking: Asking) -> AgreementsAnswer:
    """The register by id, also what is not watched."""
    held = sorted(standing.app.register.agreements.values(), key=lambda one: one.id)
    part, onward = part_of(held, lambda one: one.id, asking)
    return AgreementsAnswer(len(held), tuple(_agreement(standing, one) for one in part), onward)


@router.get("/agreements/{agreement}")
def agreement(standing: Standing, agreement: Key) -> AgreementAnswer:
    """One row of the register."""
    held = {str(key): one for key, one in standing.app.register.agreements.items()}.get(agreement)
    if held is None:
        raise RefusedError("not_found", 404)
    return _agreement(standing, held)


@router.get("/topics")
def topics(standing: Standing, region: Region = "", lang: Lang = "ru") -> TopicsAnswer:
    """How much of the register speaks of each topic, against how much of what is written does."""
    report, table = table_of(standing, region, lang)
    return TopicsAnswer(table, report.topics)


@router.get("/matrix")
def matrix(standing: Standing, region: Region = "", lang: Lang = "ru") -> MatrixAnswer:
    """Regions against partner countries: how many agreements are due, and how many have a story."""
    report, table = table_of(standing, region, lang)
    return MatrixAnswer(table, report.partners)


def _agreement(standing: Ground, one: Agreement) -> AgreementAnswer:
    return AgreementAnswer(
        id=one.id,
        family=standing.app.register.family_of.get(one.id),
        title=one.title,
        title_ru=one.title_ru,
        kind=one.kind,
        status=one.status.value,
        signed=str(one.signed or ""),
        valid_until=str(one.valid_until or ""),
        parties=tuple(PartyAnswer(p.place, p.name, p.side.value) for p in one.parties),
        topics=one.topics,
        is_monitored=one.monitored,
    )
