"""Which figures did the full counts give? The table of docs/proof.md, one row a promise."""

import time
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "proof.md"
MARKER = "<!-- table -->"
"""Stands alone on the lines before and after the table."""
HEAD = ("| what | count | result | seconds |", "| --- | ---: | --- | ---: |")
TEXT = f"""# Proof

What `./dev test --full` measured, on two cores: each row is written by the test that holds the promise, when it passes.
Without `--full` the same tests run at small counts and write nothing.

{MARKER}
{MARKER}
"""


@dataclass
class Proof:
    """Notes what a test has shown; its time runs from the test's beginning. Keeps nothing without the full counts."""

    full: bool
    page: Path = PAGE
    began: float = field(default_factory=time.monotonic)

    def __call__(self, what: str, count: int, result: str) -> None:
        """Write one row; a row of the same `what` is replaced where it stands."""
        if self.full:
            seconds = time.monotonic() - self.began
            _write(self.page, what, f"| {what} | {count} | {result} | {seconds:.0f} |")


def _write(page: Path, what: str, row: str) -> None:
    text = page.read_text("utf-8") if page.exists() else TEXT
    before, table, after = text.split(MARKER)
    rows = {line.split("|")[1].strip(): line for line in table.splitlines() if line.startswith("|")}
    body = [line for name, line in rows.items() if name not in ("what", "---")]
    body = [row if line.split("|")[1].strip() == what else line for line in body]
    body += [] if row in body else [row]
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join([f"{before}{MARKER}", *HEAD, *body, f"{MARKER}{after}"]), "utf-8")
