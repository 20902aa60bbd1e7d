"""The table of gaps counted anew behind a page, after something was made to count."""

from monitor.jobs import find_job, run_job
from monitor.web.desk import Desk
from monitor.wiring import App


def count_anew(app: App, desk: Desk) -> None:
    """Have the table follow what counts now; after other work that is under way, once however often asked.

    A count that is under way may have been begun before the change.
    """
    job = find_job("gaps.build")
    desk.background.start_or_follow(job.name, lambda: run_job(app, job))
