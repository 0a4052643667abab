"""What can be said on the command line, and with which status does it end?

0 good; 1 blocking findings or rows refused; 2 input that cannot be read, or wrong use; 3 store out of reach. With
`--json` one JSON document stands on stdout and nothing else; progress and messages go to stderr.
"""

import signal
import sys
from types import FrameType

import typer

from api.cli import checking, diagnosing, exporting, importing, publishing, serving
from api.cli.output import problem, say
from api.settings import SettingsError
from geo.files import FileUnwritable
from geo.refusal import Refusal
from geo.store.errors import StoreUnavailable
from geo.store.refusals import Busy, Refused

GOOD, BLOCKED, WRONG, UNREACHABLE = 0, 1, 2, 3

app = typer.Typer(name="wangge", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for verb in (
    serving.init,
    serving.serve,
    importing.import_,
    checking.check,
    publishing.publish,
    exporting.export,
    diagnosing.doctor,
):
    app.command(name=verb.__name__.rstrip("_"))(verb)


def main() -> None:
    """Run the command; every refusal is one clear line on stderr and a status."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        app()
    except (StoreUnavailable, Busy) as error:
        say(f"the store is out of reach: {error or 'others are publishing, try again'}")
        sys.exit(UNREACHABLE)
    except (Refusal, FileUnwritable) as error:
        say(problem(error))
        sys.exit(WRONG)
    except Refused as error:
        say(problem(error))
        sys.exit(BLOCKED)
    except SettingsError as error:
        say(str(error))
        sys.exit(WRONG)


def _stop(number: int, _: FrameType | None) -> None:
    """A normal end, so that a private cluster is stopped with its last user."""
    sys.exit(128 + number)
