"""Keys of the HTTP interface, as the catalogue knows them: never the secret itself."""

from dataclasses import dataclass
from datetime import datetime

from coinvec.domain.choices import Scope
from coinvec.domain.coins import check_text


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that somebody was given.

    Attributes:
        id: By which it is named, in lists and to revoke it; 8 hexadecimal digits.
        name: What it is for, for people.
        scope: What its holder may do.
        created_at: When it was made, in UTC.
        revoked_at: When it was taken back, in UTC; None while it holds.
    """

    id: str
    name: str
    scope: Scope
    created_at: datetime
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name, required=True)
