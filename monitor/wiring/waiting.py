"""Models and runs that wait for somebody's decision."""

from monitor.articles import reclassify
from monitor.articles.reclassify import Candidate
from monitor.core import runs
from monitor.core.errors import ModelError
from monitor.wiring.app import App


def waiting_models(app: App) -> list[str]:
    """A line for each run beside the current one, and one for a newer model that has no run yet."""
    with app.ready_db.reading() as tx:
        current = runs.current_version(tx, "tag")
        beside = reclassify.candidates(tx)
    told = [_told_of(one) for one in beside]
    newest = _newest(app)
    known = {one.version.fingerprint for one in beside}
    if current is not None and newest and newest != current.fingerprint and newest not in known:
        told.append(
            f"the model {newest} is trained, and {current.fingerprint} still judges: `monitor reclassify` "
            "shows what it would change"
        )
    return told


def _told_of(run: Candidate) -> str:
    name = run.version.fingerprint
    if run.is_partial:
        return (
            f"the run of {name} is partial: {run.waiting} articles wait for a vector, {run.behind} are to be "
            "judged; `monitor reclassify --embed` does both"
        )
    return f"the run of {name} is done and counts once `monitor reclassify --promote` was run; or --drop it"


def _newest(app: App) -> str:
    """The fingerprint of the model trained last, empty where there is none that can be read."""
    try:
        return app.models.fingerprint()
    except ModelError:
        return ""  # doctor's own line on the model says why
