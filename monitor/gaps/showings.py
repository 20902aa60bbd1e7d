"""Which rows were really put before editors: written when a mail has gone out, read by the order of rows."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from monitor.core.db import Tx, upsert
from monitor.core.ids import FamilyId, PlaceId, Week
from monitor.gaps.readings import STATE_WEEKS
from monitor.gaps.rest import Showing
from monitor.gaps.tables import gap_rows, showings


def record_showings(
    tx: Tx, *, week: Week, region: PlaceId, families: Sequence[FamilyId], shown_on: date
) -> int:
    """Keep that a mail of a week was sent with these rows; how many were new. The first day is kept."""
    known = sa.select(showings.c.family_id).where(showings.c.week == week, showings.c.region == region)
    before = set(tx.execute(known).scalars())
    wanted = [family for family in dict.fromkeys(families) if family not in before]
    facts = facts_at(tx, week, wanted)
    for family in wanted:
        values = {"week": week, "region": region, "family_id": family, "facts": facts.get(family, "")}
        upsert(tx, showings, {**values, "shown_on": shown_on}, key=("week", "region", "family_id"))
    return len(wanted)


def showings_until(tx: Tx, last: date) -> dict[FamilyId, list[Showing]]:
    """All showings up to a day, by family, in the order of days."""
    query = sa.select(showings).where(showings.c.shown_on <= last)
    found: dict[FamilyId, list[Showing]] = {}
    for row in tx.execute(query.order_by(showings.c.shown_on, showings.c.region)):
        showing = Showing(Week(row.week), PlaceId(row.region), row.facts, row.shown_on)
        found.setdefault(FamilyId(row.family_id), []).append(showing)
    return found


def facts_at(tx: Tx, week: str, families: Sequence[FamilyId]) -> dict[FamilyId, str]:
    """Fingerprints of rows as the stored table of a week has them."""
    query = sa.select(gap_rows.c.family_id, gap_rows.c.doc).where(
        gap_rows.c.week == week,
        gap_rows.c.window_weeks == STATE_WEEKS,  # of the table that mails are made from
        gap_rows.c.family_id.in_(families),
    )
    return {FamilyId(row.family_id): str(row.doc.get("facts", "")) for row in tx.execute(query)}
