"""The closed list of reasons is explained in docs/method.md, each in a row of its own."""

import re
from pathlib import Path

from monitor.core.ledger import Reason

METHOD = Path(__file__).parents[3] / "docs" / "method.md"


def test_every_reason_of_the_ledger_has_its_row_in_the_method() -> None:
    text = METHOD.read_text("utf-8")
    table = text.partition("## Why an item ended")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| (.+) \|$", table, re.MULTILINE)
    assert [name for name, _ in rows] == [reason.value for reason in Reason]
    assert all(len(meaning) > 10 for _, meaning in rows)
