"""How sure a share is. Pure."""

from math import sqrt

_Z = 1.959964  # 95 %


def interval(n: int, of: int) -> tuple[float, float]:
    """The Wilson interval (95 %) of `n` out of `of`; the whole range where there is nothing to count.

    Source: Wilson 1927; unlike the plain one it stays in [0, 1] and says something of 0 and of all.
    """
    if not of:
        return 0.0, 1.0
    share, spread = n / of, _Z * _Z / of
    centre = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    return (0.0 if n == 0 else centre - half), (1.0 if n == of else centre + half)
