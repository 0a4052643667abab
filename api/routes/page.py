"""Where is the page? Built by `./dev` from `web/` into this package."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from api.answers import IMMUTABLE
from api.problems import Problem

FOLDER = Path(__file__).parents[1] / "page"
router = APIRouter(tags=["page"], include_in_schema=False)


@router.get("/")
def page() -> Response:
    """The first room of the desk."""
    index = FOLDER / "index.html"
    if not index.is_file():
        raise Problem("not-found")
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """A file of the page; its name carries a hash of its content, so it never changes."""
    path = FOLDER / "assets" / name
    if Path(name).name != name or not path.is_file():
        raise Problem("not-found")
    return FileResponse(path, headers={"Cache-Control": IMMUTABLE}, media_type=_media(path))


def _media(path: Path) -> str | None:
    """Scripts must not be guessed by the machine's own table of media types."""
    return {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}.get(path.suffix)
