"""The command `wangge`: one file a verb, a few lines each."""

from api.cli.main import main

__all__ = ["main"]
