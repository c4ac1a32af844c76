"""What a command needs from the outside: the opened home, messages, progress."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coinvec.services.collection import Catalogue
    from coinvec.services.progress import Progress
    from coinvec.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line.

    Attributes:
        home: The home named by `--home`, if any.
    """

    home: Path | None

    def settings(self) -> "Settings":
        """The settings in force; what was ignored in them is said on standard error."""
        from coinvec.settings import Settings

        settings = Settings.load(home=self.home)
        for warning in settings.warnings:
            warn(warning)
        return settings

    @contextmanager
    def catalogue(self) -> "Iterator[Catalogue]":
        """The opened home; broken plugins nobody asked for cost one line on standard error."""
        from coinvec.services.collection import Catalogue
        from coinvec.services.home import Home

        with Catalogue(Home.open(self.settings())) as catalogue:
            warn_of_broken_plugins(catalogue)
            yield catalogue


pass_session = click.make_pass_decorator(Session)


def warn(text: str) -> None:
    """A warning on standard error."""
    click.echo(f"{click.style('Warning:', fg='yellow')} {text}", err=True)


def say(text: str) -> None:
    """A message on standard error, so that standard output holds results alone."""
    click.echo(text, err=True)


def warn_of_broken_plugins(catalogue: "Catalogue") -> None:
    """One line for each plugin that failed to load."""
    for record in catalogue.home.host.failures():
        warn(f"plugin {record.entry_point} failed: {record.reason} (see `coinvec plugins list`)")


@contextmanager
def progress_bar(label: str) -> "Iterator[Progress]":
    """A bar on standard error with count, rate and time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.0f}/s"),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    # Rich would print what goes to standard output above the bar, on standard error: good in a
    # terminal, but a file or pipe is waiting for its results.
    to_terminal = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=to_terminal) as bar:
        task = bar.add_task(label, total=None, rate=0.0)

        def advance(done: int, total: int) -> None:
            elapsed = bar.tasks[task].elapsed or 0.0
            bar.update(task, completed=done, total=total, rate=done / elapsed if elapsed else 0.0)

        yield advance
