"""What the service made and did: reports and runs."""

import re
from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from monitor.core.api_tokens import Scope
from monitor.core.runs import Run, current_version, list_runs
from monitor.reports.archive import list_made
from monitor.reports.formats import json
from monitor.web.api.answers import ReportsAnswer, RunAnswer, RunsAnswer
from monitor.web.api.doors import Standing, needs, refuse_unknown
from monitor.web.api.paging import Asking, part_of
from monitor.web.api.tables import Key, Region
from monitor.web.asked import RefusedError
from monitor.web.kept import kept_report
from monitor.web.regions import known_region

reports_router = APIRouter(
    dependencies=[Depends(needs(Scope.REPORTS)), Depends(refuse_unknown)], tags=["reports"]
)
runs_router = APIRouter(dependencies=[Depends(needs(Scope.RUNS)), Depends(refuse_unknown)], tags=["runs"])
_MOST = 20_000  # of a list that is read whole to be given in parts: reports of twenty years
_NUMBER = re.compile(r"[0-9]{1,9}")


@reports_router.get("/reports")
def reports(standing: Standing, asking: Asking, region: Region = "") -> ReportsAnswer:
    """The reports that were made, newest week first; of all regions without one."""
    wanted = known_region(standing.app, region) if region else ""
    with standing.app.ready_db.reading() as tx:
        held = list_made(tx, limit=_MOST, region=wanted)
    part, onward = part_of(held, lambda one: one.id, asking)
    return ReportsAnswer(len(held), part, onward)


_REPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As docs/report.schema.json has it",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@reports_router.get("/reports/{report}", response_class=Response, responses=_REPORT)
def report(standing: Standing, report: Key) -> Response:
    """One report with all its facts: the file that the archive offers."""
    held = kept_report(standing.app, report)
    if held is None:
        raise RefusedError("not_found", 404)
    return Response(json.render(held), media_type=json.MEDIA_TYPE)


@runs_router.get("/runs")
def runs(standing: Standing, asking: Asking) -> RunsAnswer:
    """What the service did, the latest first, and which judgements count now.

    What an error says may hold addresses and paths: it is for administrators, on the page.
    """
    before = int(asking.after) if _NUMBER.fullmatch(asking.after) else None
    if asking.after and before is None:
        raise RefusedError("not_found", 404)
    with standing.app.ready_db.reading() as tx:
        held = list_runs(tx, limit=asking.limit + 1, before=before)
        counting = {stage: current_version(tx, stage) for stage in ("tag", "link")}
    part = held[: asking.limit]
    onward = asking.onward(str(part[-1].id)) if len(held) > len(part) else None
    return RunsAnswer(
        {stage: version.fingerprint for stage, version in counting.items() if version is not None},
        tuple(map(_run, part)),
        onward,
    )


def _run(run: Run) -> RunAnswer:
    return RunAnswer(run.id, run.job, run.started_at, run.ended_at, run.ending, run.counts)
