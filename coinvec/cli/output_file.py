"""Paths of files that a command writes, their kind told by their ending."""

import os
from pathlib import Path

import click


class OutputFile(click.Path):
    """An option's or argument's value: the path of a file to be written.

    Args:
        *suffixes: What it may end in, with the dot, in lower case.
    """

    def __init__(self, *suffixes: str) -> None:
        super().__init__(dir_okay=False, path_type=Path)
        self._suffixes = suffixes

    def convert(
        self,
        value: "str | os.PathLike[str]",
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """The path; another ending is a mistake."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.suffix.lower() not in self._suffixes:
            choice = "one of " if len(self._suffixes) > 1 else ""
            self.fail(f"{path} must end in {choice}{', '.join(self._suffixes)}.", param, ctx)
        return path
