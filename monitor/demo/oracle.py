"""What the best judge of a simulated press would say, who knows rates, recall and weights, not what exists.

Nobody can rank better on the counts; how far the gap model stays behind is what it has to learn from them.
"""

import numpy as np
from scipy.stats import nbinom, poisson

from monitor.demo.simulate import Press, is_due
from monitor.gaps.detection import generator
from monitor.gaps.model import Ints, unseen
from monitor.gaps.world import World

N_DRAWS = 2000


def existing_draws(press: Press, world: World, first: int, stop: int) -> dict[str, Ints]:
    """Draws of what exists of each family in weeks first <= week < stop, by the true parameters.

    Shapes: (N_DRAWS,).
    """
    found = dict.fromkeys((a.family for a in press.agreements), 0)
    family_of = {a.id: a for a in press.agreements}
    for (agreement_id, week, _), originals in world.found.items():
        if first <= week < stop and is_due(family_of[agreement_id], week):
            found[family_of[agreement_id].family] += originals
    usual = sum(found.values()) / len(found)
    places = {source: n for n, source in enumerate(press.sources)}
    rates = press.rate_of()
    drawn: dict[str, Ints] = {}
    for n, agreement in enumerate(press.agreements):
        name = agreement.family
        if name in drawn:
            continue  # members of a family share scope and dates; the first's recall stands for both
        weeks = [week for week in range(first, stop) if is_due(agreement, week)]
        scope = np.array([places[source] for source in agreement.scope])
        share = press.weights[scope] / press.weights[scope].sum()
        drawn[name] = _draws(
            found[name],
            false_links=press.plan.false_links * (found[name] + usual) / 2,
            rate=rates[name],
            recall=float(press.recall[n]),
            exposure=float((share @ press.watched[scope])[weeks].sum()),
            weeks=float(len(weeks)),
            burst=press.plan.burst,
            rng=generator(press.plan.n_families, f"oracle {name} {stop}"),
        )
    return drawn


def _draws(
    found: int,
    *,
    false_links: float,
    rate: float,
    recall: float,
    exposure: float,
    weeks: float,
    burst: float,
    rng: np.random.Generator,
) -> Ints:
    thinned = 1 + recall * (burst - 1)
    size = max(rate * exposure / (burst - 1), 1e-12)
    wrong = np.arange(found + 1)
    weight = nbinom.pmf(found - wrong, size, 1 / thinned) * poisson.pmf(wrong, false_links)
    weight = weight if weight.sum() > 0 else (wrong == found).astype(float)
    true = found - rng.choice(wrong, N_DRAWS, p=weight / weight.sum())
    return np.asarray(
        true
        + unseen(
            np.full(N_DRAWS, rate),
            np.full(N_DRAWS, recall),
            true,
            exposure=np.full(N_DRAWS, exposure),
            weeks=weeks,
            burst=burst,
            rng=rng,
        )
    )
