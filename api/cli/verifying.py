"""The verbs `verify` and `certify`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api import settings
from api.cli import options
from api.cli.output import language, say, tell
from api.texts import text
from geo import verified
from geo.files import FileUnreadable, Reading, RowProblem, plan_of, read_bytes, read_geojson, seal, things
from geo.files.limits import FILE
from geo.verified import Part, State


def verify(
    file: Annotated[Path, typer.Argument(help="A .geojson or .gpkg that `wangge export` wrote")],
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="What the service says: GET /v1/publications/N/certificate")
    ] = None,
    json: options.Json = False,
) -> None:
    """Prove again, with no store, what an export says of itself; refuse it if a byte was changed."""
    data = seal.read_whole(file)
    parts = _proven(file, data, certificate)
    states = {part.state for part in parts}
    word = State.FAILED if State.FAILED in states else State.UNKNOWN if State.UNKNOWN in states else State.PROVEN
    if json:
        tell({"file": file.name, "verified": word is State.PROVEN, "parts": [_document(part) for part in parts]})
    else:
        for part in parts:
            say(_told(part))
        say(text(f"verify.{word}", language()))
    if word is not State.PROVEN:
        raise typer.Exit(1 if word is State.FAILED else 2)


def certify(
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="A publication; the newest when absent")] = None,
    json: options.Json = False,
) -> None:
    """Make and keep the certificate of a publication, or tell the one that is kept."""
    from api.cli.store import opened  # noqa: PLC0415 - a file is verified without loading the store
    from geo.store import certificates  # noqa: PLC0415 - as above

    with opened(settings.read()) as store:
        made = (
            certificates.of_newest(store.engine)
            if number is None
            else certificates.of_publication(store.engine, number)
        )
    if made is None:
        say("nothing was published" if number is None else f"there is no publication {number}")
        raise typer.Exit(2)
    if json:
        tell(made)
    else:
        say(
            text(
                "verify.certificate.proven",
                language(),
                **{name: made[name] for name in ("publication", "at", "digest")},
            )
        )


def _proven(file: Path, data: bytes, certificate: Path | None) -> list[Part]:
    """What could be proven; a file that was changed is not looked into."""
    whole = seal.state(data)
    if whole is seal.Seal.MISSING and file.suffix.lower() not in seal.SUFFIXES:
        raise FileUnreadable("certificate-not-in-format", name=file.name)
    if whole is not seal.Seal.WHOLE:
        return [Part("seal", State.FAILED, {"missing": whole is seal.Seal.MISSING})]
    stated = seal.certificate_in(data, file.name)
    parts = [Part("seal", State.PROVEN, {"bytes": len(data)}), *_of_things(file, data, stated)]
    if certificate is not None:
        parts.append(verified.issued(stated, seal.certificate_of(seal.read_whole(certificate))))
    return parts


def _of_things(file: Path, data: bytes, stated: dict[str, Any]) -> list[Part]:
    found = list(things(_reading(file, data)))
    problems = [one for one in found if isinstance(one, RowProblem)]
    return [_unread(problems)] if problems else verified.parts(plan_of(found), stated)


def _reading(file: Path, data: bytes) -> Reading:
    """The very bytes whose seal was proven, whatever happens to the file meanwhile."""
    if seal.is_gpkg(data):
        return read_bytes(data, file.name, limits=FILE)
    return read_geojson(data, limits=FILE, source=file.name)


def _unread(problems: Sequence[RowProblem]) -> Part:
    first = problems[0]
    reason = text(f"row.{first.id}", language(), **first.values)
    return Part("things", State.FAILED, {"count": len(problems), "row": first.number, "reason": reason})


def _document(part: Part) -> dict[str, Any]:
    return {"part": part.name, "state": part.state.value, "message": _told(part), "values": dict(part.values)}


def _told(part: Part) -> str:
    word = "missing" if part.values.get("missing") else "unread" if "reason" in part.values else part.state.value
    return text(f"verify.{part.name}.{word}", language(), **part.values)
