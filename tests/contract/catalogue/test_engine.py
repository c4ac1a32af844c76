"""PostgreSQL keeps every promise of SQLite: the same tests, on the databases of `conftest`."""

from tests.unit.catalogue.test_engine import (
    test_readers_see_the_last_committed_state_while_another_writes,
    test_writers_of_several_threads_wait_for_each_other,
)

__all__ = [
    "test_readers_see_the_last_committed_state_while_another_writes",
    "test_writers_of_several_threads_wait_for_each_other",
]
