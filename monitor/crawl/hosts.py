"""Manners towards one host: one request at a time, a pause between two, a wait when it asks for one."""

import asyncio
import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

MAX_HOLD_S = 7 * 86400.0  # nobody means a year
MAX_PAUSE_S = 120.0  # crawl-delays above this would stop the round for all other pages of a host
LONGEST_WAIT_S = (
    30.0  # a page that must wait longer is left for the next round: ten such would hold it for hours
)
_JITTER = (0.75, 1.5)


class Host:
    """The state of one host. Waits are real seconds, holds are times of the service's clock."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()  # first come, first served
        self.hold_until: datetime | None = None
        self.crawl_delay_s = 0.0
        self._ready_at = 0.0

    def is_idle(self, now: datetime) -> bool:
        """True when nothing would be lost by forgetting this host."""
        held = self.hold_until is not None and self.hold_until > now
        return not held and not self.lock.locked() and self._ready_at <= monotonic()

    def held_for_s(self, now: datetime) -> float:
        """Seconds until the host may be asked again; 0 when it may be asked now."""
        return max(0.0, (self.hold_until - now).total_seconds()) if self.hold_until else 0.0

    def hold(self, now: datetime, seconds: float) -> None:
        """Ask nothing more for this long; a longer hold stays."""
        until = now + timedelta(seconds=min(seconds, MAX_HOLD_S))
        self.hold_until = max(until, self.hold_until or until)

    def pause_left_s(self) -> float:
        """Seconds until the pause after the last request is over."""
        return max(0.0, self._ready_at - monotonic())

    async def pause(self) -> None:
        """Wait until the pause after the last request is over."""
        if left := self.pause_left_s():
            await asyncio.sleep(left)

    def is_too_slow(self, delay_s: float) -> bool:
        """True when the pause is longer than a round may wait, and it is not ours: the site asks for it."""
        return self.pause_left_s() > max(LONGEST_WAIT_S, _JITTER[1] * delay_s)

    def leave(self, delay_s: float) -> None:
        """Start the pause: the configured delay or the site's own, whichever is longer, with jitter."""
        delay = max(delay_s, min(self.crawl_delay_s, MAX_PAUSE_S))
        self._ready_at = monotonic() + delay * random.uniform(*_JITTER) if delay else 0.0


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header in either form, never negative; None when missing or unreadable."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MAX_HOLD_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if at.tzinfo is None:  # "-0000": UTC by RFC 5322
        at = at.replace(tzinfo=now.tzinfo)
    return min(max(0.0, (at - now).total_seconds()), MAX_HOLD_S)
