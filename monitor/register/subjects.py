"""What each agreement is about, in the words and stories of newspapers: config/register/subjects.jsonl.

Written by hand from the register alone. A row without them is told by its title, as it was before there were
any; what stands of a row that the register has no longer is passed over, so that a row may come back.
"""

from collections.abc import Mapping
from pathlib import Path

from monitor.core.errors import Problem
from monitor.core.ids import AgreementId
from monitor.core.rows import Row, read_json_lines
from monitor.register.types import Agreement, Subject

_KEYS = ("id", "core", "usual", "en", "stories")


def read_subjects(
    path: Path, agreements: Mapping[AgreementId, Agreement], problems: list[Problem]
) -> dict[AgreementId, Subject]:
    """The subjects of the agreements of a register; none where there is no file."""
    found: dict[AgreementId, Subject] = {}
    if not path.is_file():
        return found
    seen: dict[AgreementId, Row] = {}
    for row in read_json_lines(path, problems):
        row.keys(_KEYS)
        own = AgreementId(row.text("id"))
        row.refuse_double("id", own, seen)
        core, usual, english, stories = (row.texts(key) for key in _KEYS[1:])
        if row.raw.get("core") == row.raw.get("stories") == []:
            row.note("core and stories are both empty: leave the row out")
        if own in agreements:
            found[own] = Subject(core, usual, english, stories)
    return found
