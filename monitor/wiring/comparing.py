"""What another run, or links of another register, would change in the year and the weeks that readers see."""

from datetime import timedelta

from monitor.core.clock import week_start, weeks_back
from monitor.core.db import Tx
from monitor.gaps.compare import Difference, compare
from monitor.gaps.profile import due_from, profiles
from monitor.gaps.readings import STATE_WEEKS, Basis, Window
from monitor.gaps.scope import side_of
from monitor.register.types import Register
from monitor.wiring.app import App

_WEEKS_SHOWN = 8


def difference(tx: Tx, app: App, base: Basis, new: Basis, register: Register) -> Difference:
    """Of two bases of counting, in the 52 weeks up to the last whole one. `register`: of the new one."""
    last = app.last_week()
    sunday = week_start(last) + timedelta(days=6)
    weeks = [weeks_back(last, n) for n in range(_WEEKS_SHOWN - 1, -1, -1)]
    return compare(
        tx,
        base,
        new,
        year=Window(sunday - timedelta(weeks=STATE_WEEKS) + timedelta(days=1), sunday, app.zone),
        weeks=[(w, Window(week_start(w), week_start(w) + timedelta(days=6), app.zone)) for w in weeks],
        sides={source.id: side_of(source) for source in app.sources},
        due_from=due_from(profiles(app.register, app.norms, sunday)),
        new_due_from=due_from(profiles(register, app.norms, sunday)),
    )
