"""What can be said on the command line, and with which status does it end?

0 good; 1 blocking findings or rows refused; 2 input that cannot be read, or wrong use; 3 store out of reach. With
`--json` one JSON document stands on stdout and nothing else; progress and messages go to stderr.
"""

import signal
import sys
from importlib import import_module
from types import FrameType, MappingProxyType
from typing import Any, Final

import typer
from typer.core import TyperGroup

from api.cli.output import problem, say
from api.settings import SettingsError
from geo.files import FileUnwritable
from geo.refusal import Refusal
from geo.store.errors import StoreUnavailable
from geo.store.refusals import Busy, Refused

GOOD, BLOCKED, WRONG, UNREACHABLE = 0, 1, 2, 3
VERBS: Final = MappingProxyType(
    {
        "init": "serving",
        "serve": "serving",
        "import": "importing",
        "check": "checking",
        "accept": "accepting",
        "draw": "drawing",
        "publish": "publishing",
        "export": "exporting",
        "verify": "verifying",
        "certify": "verifying",
        "match": "matching",
        "owner": "owning",
        "rules": "rules",
        "doctor": "diagnosing",
    }
)
"""Where each verb is; only the one that was asked for is loaded, so that a check does not wait for a web server."""


class Verbs(TyperGroup):
    """The verbs, each loaded when it is wanted."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the framework hands it in
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as above
        if cmd_name not in VERBS:
            return None
        room = import_module(f"api.cli.{VERBS[cmd_name]}")
        verb = getattr(room, cmd_name if hasattr(room, cmd_name) else f"{cmd_name}_")
        one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        one.command(name=cmd_name)(verb)
        return typer.main.get_command(one)


app = typer.Typer(name="wangge", cls=Verbs, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def wangge() -> None:
    """Community-governance grids 网格: draw, check, publish and ask."""


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
