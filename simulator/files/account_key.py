"""Account key: a secret of the user's account, by which this program knows what it wrote itself.

It lies in the account's cache (`own.key`), readable by its owner alone. Whoever does not have it can write a file whose
checksums fit, and no seal. Without it, or on another machine, nothing is lost but time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

import platformdirs

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_bytes
from simulator.files.whole_file import replace_whole

_KEY_BYTES = 32


def account_key() -> bytes | None:
    """The secret of this account, made when it is first asked for; None where there is no place for it."""
    folder = Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False))
    path = folder / "own.key"
    try:
        return _read(path)
    except (OSError, UserInputError):
        pass
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_whole(path, lambda beside: beside.write_bytes(secrets.token_bytes(_KEY_BYTES)), mode=0o600)
        return _read(path)
    except (OSError, UserInputError):
        return None


def seal(content: bytes, key: bytes) -> str:
    """HMAC-SHA-256 of some bytes, hexadecimal."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def is_sealed(content: bytes, told: object, key: bytes | None) -> bool:
    """Whether this account sealed some bytes."""
    return key is not None and isinstance(told, str) and hmac.compare_digest(seal(content, key).encode(), told.encode())


def _read(path: Path) -> bytes:
    key = read_small_bytes(path, largest_bytes=_KEY_BYTES)
    if len(key) != _KEY_BYTES:
        raise UserInputError(str(path), "this is no key", "remove it")
    return key
