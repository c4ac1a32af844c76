"""What every route works with: the opened catalogue and the bounds around it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from coinvec.http.imports import Imports
from coinvec.http.metrics import Metrics
from coinvec.http.options import ServeOptions
from coinvec.http.work import Workers
from coinvec.services.collection import Catalogue
from coinvec.services.home import Home
from coinvec.services.search import Searcher


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the service.

    Attributes:
        home: The opened home.
        searcher: Answers its searches.
        workers: The threads that models run on.
        imports: The thread that archives are taken in on.
        metrics: What is counted.
        options: The bounds.
    """

    home: Home
    searcher: Searcher
    workers: Workers
    imports: Imports
    metrics: Metrics
    options: ServeOptions

    @classmethod
    def of(cls, home: Home, options: ServeOptions) -> "Service":
        """The service of an opened home.

        Stores and models are opened now, so that no request waits for them.

        Raises:
            CoinvecError: One of them cannot be opened.
        """
        home.get_ready()
        workers = Workers(threads=options.workers, queue=options.queue, timeout=options.timeout)
        return cls(home, Searcher(home), workers, Imports(home), Metrics(workers), options)

    @property
    def catalogue(self) -> Catalogue:
        """The verbs of the Python interface."""
        return Catalogue(self.home)

    def close(self) -> None:
        """Let the workers end, then close the stores."""
        self.workers.close()
        self.imports.close()
        self.home.close()


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOfApp = Annotated[Service, Depends(_service)]
"""A route's parameter of this type is the service it belongs to."""
