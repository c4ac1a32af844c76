"""The `coinvec` command and how its errors are told."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from coinvec import __version__
from coinvec.cli.lazy import LazyGroup
from coinvec.cli.session import Session
from coinvec.errors import CoinvecError

COMMANDS = {
    "demo": "coinvec.cli.demo:demo",
    "init": "coinvec.cli.setup:init",
    "import": "coinvec.cli.enrol:import_",
    "import-opennumismat": "coinvec.cli.enrol:import_opennumismat",
    "add": "coinvec.cli.enrol:add",
    "list": "coinvec.cli.browse:list_",
    "show": "coinvec.cli.browse:show",
    "edit": "coinvec.cli.browse:edit",
    "remove": "coinvec.cli.browse:remove",
    "search": "coinvec.cli.search:search",
    "sql": "coinvec.cli.sql:sql",
    "segment": "coinvec.cli.segment:segment",
    "evaluate": "coinvec.cli.evaluate:evaluate",
    "map": "coinvec.cli.map:map_",
    "serve": "coinvec.cli.serve:serve",
    "keys": "coinvec.cli.keys:keys",
    "export": "coinvec.cli.moving:export",
    "backup": "coinvec.cli.moving:backup",
    "restore": "coinvec.cli.moving:restore",
    "doctor": "coinvec.cli.doctor:doctor",
    "generations": "coinvec.cli.generations:generations",
    "starter": "coinvec.cli.starter:starter",
    "plugins": "coinvec.cli.plugins:plugins",
    "db": "coinvec.cli.setup:db",
    "config": "coinvec.cli.setup:config",
}

DEBUG = "--debug"
INTERRUPTED = 130


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    extensible=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="The home to work in.  [default: COINVEC_HOME, else the user data directory]",
)
@click.option(DEBUG, is_flag=True, help="Show the traceback of an error; may stand anywhere.")
@click.version_option(__version__, prog_name="coinvec")
@click.pass_context
def cli(ctx: click.Context, home: Path | None, debug: bool) -> None:
    """Photograph a coin, find it in the catalogue.

    Try `coinvec demo`, or make a catalogue of your own: `coinvec init`, then `coinvec import
    MANIFEST` or `coinvec add`, then `coinvec search --image PHOTO`.
    """
    del debug  # read in main(), wherever it stands
    ctx.obj = Session(home=home)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the documented status."""
    given = list(sys.argv[1:] if args is None else args)
    # People append --debug to the command line that failed, so it may stand anywhere.
    argv = [each for each in given if each != DEBUG]
    debug = len(argv) < len(given)
    try:
        status = cli.main(argv, prog_name="coinvec", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except CoinvecError as error:
        _tell(error, debug=debug)
        sys.exit(error.exit_status)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. What was written before stays; run it again to go on.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, say) has what it wanted; a second complaint at exit would be noise.
        sys.stdout = None
        sys.exit(0)


def _tell(error: CoinvecError, *, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {error}", err=True)
