"""Rows of the database that nothing leads to or from."""

from coinvec.catalogue.audit import LooseRows
from coinvec.services.checkup.bench import Bench
from coinvec.services.checkup.findings import SHOWN, Kind

_UNUSED = {"design": Kind.UNUSED_DESIGN, "coin_type": Kind.UNUSED_TYPE}


def check_tables(bench: Bench) -> None:
    """Find, and with `fix` remove, rows that belong to nothing."""
    found = bench.audit.loose_rows(SHOWN)
    left: dict[tuple[str, str | None], int] = {}
    if bench.fix and found:
        bench.audit.remove_loose_rows()
        left = {(each.table, each.dangling): each.count for each in bench.audit.loose_rows(0)}
    for loose in found:
        remaining = left.get((loose.table, loose.dangling), 0) if bench.fix else loose.count
        names = [f"{loose.table} {name}" for name in loose.first]
        bench.ledger.note(
            _kind(loose), names, count=loose.count, mended=max(0, loose.count - remaining)
        )


def _kind(loose: LooseRows) -> Kind:
    if loose.dangling is not None:
        return Kind.DANGLING_ROW
    return _UNUSED.get(loose.table, Kind.UNUSED_NAME)
