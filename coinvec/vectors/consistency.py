"""How fresh a search must be: which consistency level a server is asked for.

A strong read waits for the next tick of the server's clock, every 200 ms by default, and a search
that returns vectors waits for two or more: 0.4 to 0.9 s measured, of which 5 ms are work. So only
reads that compare or count the stores are strong, and of the searches of a connection the first
in each collection. The others do not wait, and see nonetheless

- what this process has written under the same name, no alias: *session* consistency, for as long
  as bounded staleness may miss it;
- what any process had made visible (`Connection.make_visible`) when it ended: that is one strong
  read by the writer, after which no read waits for what it wrote;
- all else after `STALENESS_S` at most (*bounded* staleness), and mostly after two or three ticks.

pymilvus keeps the time stamp of the last write for each address and collection within the process,
and sends it as the guarantee of a session read; where there is none it would ask for none at all.
Where a collection has several replicas, a writer makes its rows visible in one of them, and the
bound alone holds for the others. Levels: https://milvus.io/docs/consistency.md
"""

import time

STRONG = "Strong"
SESSION = "Session"
BOUNDED = "Bounded"

STALENESS_S = 5.0
"""What a read of bounded staleness may miss at most: the servers' default
(`common.gracefulTime`)."""


class SearchLevels:
    """The level of the next search in each collection, by what one connection did there.

    Milvus Lite knows no levels: every read there sees every write.
    """

    def __init__(self) -> None:
        self._searched: set[str] = set()
        self._written: dict[str, float] = {}

    def level(self, collection: str) -> str:
        """What the next search asks for."""
        if collection not in self._searched:
            return STRONG
        written = self._written.get(collection)
        recently = written is not None and time.monotonic() - written < STALENESS_S
        return SESSION if recently else BOUNDED

    def note_search(self, collection: str) -> None:
        """A search has been answered."""
        self._searched.add(collection)

    def note_write(self, collection: str) -> None:
        """A write has been answered."""
        self._written[collection] = time.monotonic()

    def forget(self) -> None:
        """Names may stand for other collections now, or the server may be another."""
        self._searched.clear()
