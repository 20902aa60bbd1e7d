"""The latest stored word on one family."""

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.core.ids import FamilyId, Week
from monitor.gaps.store import row_from_json
from monitor.gaps.tables import gap_rows
from monitor.gaps.types import GapRow


def find_latest_row(tx: Tx, family: FamilyId, window_weeks: int) -> tuple[Week, GapRow] | None:
    """The row of a family in the latest stored table that has it, with its week; None if there is none."""
    query = (
        sa.select(gap_rows.c.week, gap_rows.c.doc)
        .where(gap_rows.c.family_id == family, gap_rows.c.window_weeks == window_weeks)
        .order_by(gap_rows.c.week.desc())
        .limit(1)
    )
    found = tx.execute(query).one_or_none()
    return None if found is None else (Week(found.week), row_from_json(found.doc))
