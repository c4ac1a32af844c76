"""What every examination works on."""

from dataclasses import dataclass, field
from functools import cached_property

from coinvec.catalogue.audit import Audit
from coinvec.domain.records import StoredGeneration
from coinvec.services.checkup.findings import Ledger
from coinvec.services.home import Home
from coinvec.services.progress import Progress


@dataclass
class Bench:
    """A home under examination.

    Attributes:
        home: The opened home. Its own `vectors` are not used: opening them would mend some of
            what is to be found.
        live: The generation that is searched.
        fix: Whether to mend.
        progress: Called with the steps done and the steps in all.
        total: The steps in all.
        ledger: What was found.
    """

    home: Home
    live: StoredGeneration
    fix: bool = False
    progress: Progress | None = None
    total: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    _done: int = 0

    @cached_property
    def audit(self) -> Audit:
        """The tables."""
        return self.home.catalogue.audit()

    @property
    def is_exclusive(self) -> bool:
        """Whether nobody else can write to the home meanwhile: an embedded one has one owner."""
        return self.home.settings.is_embedded

    def advance(self, steps: int) -> None:
        """Say that some steps are done."""
        self._done += steps
        if self.progress:
            self.progress(min(self._done, self.total), self.total)
