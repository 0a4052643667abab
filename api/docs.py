"""Where does a person read what the service can do, and what a problem means?

Pages of our own: the network may be closed, so nothing is fetched from another host.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.answers import answer
from api.media import HTML, JSON, Medium, negotiation
from api.openapi import responses
from api.problems import STATUS, Problem
from api.security import content_policy
from api.texts import Language, explained, language_of, text

router = APIRouter(tags=["documentation"])

_PAGE = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;
color-scheme:light dark}}code{{color:#666}}</style>
<p><code>{status} /problems/{slug}</code><h1>{title}</h1><p>{detail}</p></html>
"""


@router.get("/docs", include_in_schema=False)
def docs() -> HTMLResponse:
    """The description of every operation, drawn from /openapi.json by the page's own script."""
    page, policy = _docs_page()
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@router.get(
    "/problems/{slug}",
    operation_id="explainProblem",
    summary="What a problem means",
    response_model=None,
    responses={200: {"content": {HTML.type: {}, JSON.type: {}}}, **responses("not-found", "not-acceptable")},
)
def explain(slug: str, request: Request, medium: Annotated[Medium, Depends(negotiation(HTML, JSON))]) -> Response:
    """The `type` of a problem leads here. `‹name›` stands for a value of the case."""
    if slug not in STATUS:
        raise Problem("not-found")
    language = language_of(request.headers.get("accept-language"))
    told = _told(slug, language)
    headers = {"Content-Language": language, "Vary": "Accept, Accept-Language"}
    if medium is JSON:
        return answer(request, told, headers=headers)
    page = _PAGE.format(language=language, slug=slug, **{name: escape(str(value)) for name, value in told.items()})
    return answer(request, page.encode("utf-8"), medium=HTML, headers=headers)


def _told(slug: str, language: Language) -> dict[str, Any]:
    return {
        "type": f"/problems/{slug}",
        "title": text(f"problem.{slug}.title", language),
        "status": STATUS[slug],
        "detail": explained(slug, language),
    }


@cache
def _docs_page() -> tuple[str, str]:
    """The page and the policy that lets exactly its own script run."""
    page = (files("api") / "docs.html").read_text("utf-8")
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    return page, content_policy(script_src=f"'sha256-{digest}'")
