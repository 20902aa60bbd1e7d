"""The worked example of docs/method.md is what the code computes."""

import math
from pathlib import Path

from monitor.core.ids import SourceId
from monitor.gaps.exposure import shares, source_rates
from monitor.gaps.model import estimate
from monitor.gaps.rates import Evidence
from monitor.gaps.states import settle
from tests.make_gaps import model

METHOD = Path(__file__).parents[3] / "docs" / "method.md"
AGENCY, DAILY, NEVER = SourceId("agency"), SourceId("daily"), SourceId("never")


def documented() -> dict[str, str]:
    text = METHOD.read_text(encoding="utf-8").split("## An example")[1]
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return dict(pair for pair in cells[1:])


def computed() -> dict[str, str]:
    kinds = {AGENCY: "national_agency", DAILY: "regional_daily", NEVER: "regional_daily"}
    rates = source_rates({AGENCY: 30, DAILY: 10}, {AGENCY: 52.0, DAILY: 52.0}, kinds)
    weights = shares(rates, tuple(kinds))
    exposure = weights[AGENCY] * 52 + weights[DAILY] * 40
    told = {}
    states = {}
    for found in (0, 1, 5):
        seen = Evidence("F", found, exposure, 52.0, "s", {})
        told[found] = estimate(model(seen, rate=4 / 52, k=1.0, recall=0.8, burst=2.0), "F", 4)
        states[found] = settle(
            due=True, findable=True, weeks=52.0, exposure=exposure, originals=found, told=told[found]
        )[0].value
    five = told[5].posterior
    thinned = 1 + 0.8 * (2.0 - 1)
    ruled_out = 3 * (thinned - 1) / (math.log(thinned) * exposure * 0.8)  # P(nothing found) is e^-3 then
    return {
        "share of the agency": f"{weights[AGENCY]:.3f}",
        "share of the daily": f"{weights[DAILY]:.3f}",
        "share of the source never reached": f"{weights[NEVER]:.3f}",
        "exposure E in weeks": f"{exposure:.2f}",
        "D'": f"{thinned:.2f}",
        "yearly rate ruled out by a zero": f"{52 * ruled_out:.2f}",
        "P(none exists), nothing found": f"{told[0].posterior.p_none:.2f}",
        "P(gap), nothing found": f"{told[0].posterior.p_below_norm:.2f}",
        "state, nothing found": states[0],
        "P(gap), one found": f"{told[1].posterior.p_below_norm:.2f}",
        "state, one found": states[1],
        "mean of N, five found": f"{five.mean:.2f}",
        "95 % interval, five found": f"{five.lo}-{five.hi}",
        "state, five found": states[5],
    }


def test_the_worked_example_is_what_the_code_computes() -> None:
    assert documented() == computed()
