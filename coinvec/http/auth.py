"""Who may do what: each route names the scope it asks for."""

from typing import Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from coinvec.domain.choices import Scope
from coinvec.http.problems import Problem, ProblemError

_described = HTTPBearer(auto_error=False, description="An API key: `coinvec keys create`.")


class Requires:
    """A dependency of routes that ask for a scope; the gate before them has read the key.

    Args:
        scope: The least scope that is let through.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, request: Request, _: Any = Depends(_described)) -> None:  # noqa: ANN401, B008
        """Refuse a key of a lesser scope.

        Raises:
            ProblemError: 403.
        """
        held: Scope = request.state.scope
        if not held.allows(self.scope):
            raise ProblemError(
                Problem(
                    status=403,
                    kind="scope",
                    title="Scope too small",
                    detail=f"This asks for the scope {self.scope.value!r}; the key has "
                    f"{held.value!r}.",
                    hint=f"Make another key: coinvec keys create --scope {self.scope.value}",
                )
            )


READ = Depends(Requires(Scope.READ))
WRITE = Depends(Requires(Scope.WRITE))
ADMIN = Depends(Requires(Scope.ADMIN))
