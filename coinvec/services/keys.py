"""Making, checking and revoking the keys of the HTTP interface."""

import hashlib
import ipaddress
import secrets
from datetime import UTC, datetime

from coinvec.catalogue.keys import ApiKeys
from coinvec.domain.choices import Scope
from coinvec.domain.keys import ApiKey
from coinvec.domain.spelling import nearest
from coinvec.errors import NotInCatalogueError

PREFIX = "coinvec_"
"""Begins every secret, so that scanners of published files know one."""
_ENTROPY_BYTES = 32


def create_key(keys: ApiKeys, name: str, scope: Scope) -> tuple[ApiKey, str]:
    """Make a key.

    Returns:
        The key, and its secret: 256 random bits, which are kept nowhere.

    Raises:
        InvalidValueError: The name is empty or too long.
    """
    key = ApiKey(secrets.token_hex(4), name, scope, datetime.now(UTC))
    secret = PREFIX + secrets.token_urlsafe(_ENTROPY_BYTES)
    keys.add(key, _digest(secret))
    return key, secret


def find_key(keys: ApiKeys, secret: str) -> ApiKey | None:
    """The key of a secret; None where there is none, or it was revoked."""
    return keys.of_digest(_digest(secret))


def revoke_key(keys: ApiKeys, key_id: str) -> None:
    """Take a key back, at once and for good.

    Raises:
        NotInCatalogueError: There is no such key, or it was revoked before.
    """
    if not keys.revoke(key_id):
        held = [each.id for each in keys.all() if each.revoked_at is None]
        right = nearest(key_id, held)
        raise NotInCatalogueError(
            f"There is no key {key_id!r} that still holds.",
            hint=f"Did you mean {right!r}?" if right else "See: coinvec keys list",
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _digest(secret: str) -> str:
    # A plain hash is enough: nobody guesses 256 random bits, however fast each try is.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
