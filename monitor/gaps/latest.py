"""The latest stored table, and the latest stored word on one family.

Both take the last week that is over. A service whose clock was ahead has stored tables of weeks to come,
which would be the latest until then; they are passed over and not deleted, for a clock that is behind finds
all of them to come.
"""

import sqlalchemy as sa

from monitor.core.clock import weeks_back
from monitor.core.db import Tx
from monitor.core.ids import FamilyId, Week
from monitor.gaps.store import Origin, find_origin, find_week_before, row_from_json
from monitor.gaps.tables import gap_rows
from monitor.gaps.types import GapRow


def find_latest_origin(tx: Tx, window_weeks: int, *, until: Week) -> tuple[Week, Origin] | None:
    """The week of the latest stored table and what that was made from; None if there is none.

    `until`: the last week that is over.
    """
    week = find_week_before(tx, weeks_back(until, -1), window_weeks)
    origin = None if week is None else find_origin(tx, week, window_weeks)
    return None if week is None or origin is None else (week, origin)


def find_latest_row(
    tx: Tx, family: FamilyId, window_weeks: int, *, until: Week
) -> tuple[Week, GapRow] | None:
    """The row of a family in the latest stored table that has it, with its week; None if there is none.

    `until`: the last week that is over.
    """
    query = (
        sa.select(gap_rows.c.week, gap_rows.c.doc)
        .where(
            gap_rows.c.family_id == family,
            gap_rows.c.window_weeks == window_weeks,
            gap_rows.c.week <= until,
        )
        .order_by(gap_rows.c.week.desc())
        .limit(1)
    )
    found = tx.execute(query).one_or_none()
    return None if found is None else (Week(found.week), row_from_json(found.doc))
