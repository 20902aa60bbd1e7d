"""Passwords: which may be used, and the argon2 hashes that are kept of them.

A hash takes half a second and 64 MB, so none is made or compared within a transaction: on SQLite that would
keep every writer waiting for whoever guesses.
"""

import secrets
import threading
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from monitor.core.errors import UsageError

MIN_PASSWORD, MAX_PASSWORD = 12, 200
_HASHING = threading.BoundedSemaphore(2)  # for the memory that each takes


def new_hash(password: str, *, name: str) -> str:
    """What is kept of a new password of a person. Errors: UsageError for one that cannot be used."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsageError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    own = name.strip().casefold()
    if len(set(password)) < 5 or (own and own in password.casefold()):
        raise UsageError("this password is too easy to guess")
    return _hashed(password)


def hash_of_none() -> str:
    """What is kept of somebody who has no password yet: nobody ever learns the one it is of."""
    return _hashed(secrets.token_urlsafe(32))


def is_of(password: str, password_hash: str | None) -> bool:
    """Whether the hash is of this password. None, for a name that nobody has, takes as long."""
    nobody = _nobody()  # also where it is not needed: who asks first must not tell one from the other
    with _HASHING:
        try:
            return _hasher().verify(password[:MAX_PASSWORD], password_hash or nobody)
        except PwdlibError:  # a hash of another program
            return False


def _hashed(password: str) -> str:
    with _HASHING:
        return _hasher().hash(password)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_of_none()
