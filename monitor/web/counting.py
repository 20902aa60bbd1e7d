"""The table of gaps counted anew behind a page, after something was made to count."""

from monitor.jobs import find_job, run_job
from monitor.web.desk import Desk
from monitor.wiring import App


def count_anew(app: App, desk: Desk) -> None:
    """Have the table follow what counts now. Where other work is under way, that is left to its button."""
    job = find_job("gaps.build")
    desk.background.start(job.name, lambda: run_job(app, job))
