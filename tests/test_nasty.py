"""Does every nasty file get the verdict it deserves, by the readers and by the command, and touch nothing else?"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from commands import Here
from conftest import Store
from nasty import Case, write

from geo.datum import Datum
from geo.files import RowProblem, read, read_batches, read_bytes, things
from geo.files.limits import BODY
from geo.refusal import Refusal


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nasty")


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[Case]:
    return write(folder)


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files of a test: everything is gone from it at the end."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


def options(case: Case) -> dict[str, Any]:
    datum = case.options.get("datum")
    return {**case.options, "datum": Datum.parse(datum) if datum else None}


def told(case: Case, thing: Any, attribute: str) -> object:
    match attribute:
        case "parts":
            return int(shapely.get_num_geometries(thing.shape))
        case "holes":
            return int(shapely.get_num_interior_rings(shapely.get_parts(thing.shape)).sum())
        case "dimensions":
            return int(shapely.get_coordinate_dimension(thing.shape))
        case _:
            return getattr(thing, attribute)


@pytest.mark.usefixtures("left")
def test_the_readers_judge_every_file(folder: Path, cases: list[Case]) -> None:
    before = listing(folder)
    for case in cases:
        label = f"{case.name} {dict(case.options)}"
        if case.refused:
            with pytest.raises(Refusal) as caught:
                read(folder / case.name, **options(case))
            assert caught.value.id == case.refused, label
            continue
        found = list(things(read(folder / case.name, **options(case))))
        good = [thing for thing in found if not isinstance(thing, RowProblem)]
        problems = Counter(thing.id for thing in found if isinstance(thing, RowProblem))
        assert (len(good), dict(problems)) == (case.good, dict(case.problems)), label
        for attribute, values in case.values.items():
            if attribute == "near":
                points = [shapely.get_coordinates(thing.shape)[0] for thing in good]
                assert np.allclose(points, values, atol=1e-6), label
            else:
                assert [told(case, thing, attribute) for thing in good] == list(values), label
    assert listing(folder) == before


@pytest.mark.usefixtures("left")
def test_batches_and_uploads_are_judged_alike(folder: Path, cases: list[Case]) -> None:
    for case in cases:
        path = folder / case.name
        if case.refused or path.is_dir():
            continue
        whole = read(path, **options(case))
        cut = list(read_batches(path, **options(case), rows=2))
        assert [row for reading in cut for row in reading.rows] == whole.rows, case.name
        if path.suffix != ".shp":
            assert read_bytes(path.read_bytes(), path.name, **options(case)).rows == whole.rows, case.name


def test_the_command_judges_every_file(
    folder: Path,
    cases: list[Case],
    store: Store,
    left: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    full: bool,
) -> None:
    wangge = Here(store, monkeypatch, capsys)
    before = listing(folder)
    for case in cases if full else cases[::5]:
        ended = wangge("import", folder / case.name, *arguments(case), "--dry-run", "--json")
        assert "Traceback" not in ended.err, case.name
        if case.refused:
            assert ended.status != 0, case.name
            continue
        assert {"rows", "refused"} <= ended.told.keys(), case.name
        assert (ended.status == 1) >= bool(case.problems), case.name
    assert listing(folder) == before
    assert not list(Path("/tmp").glob("nasty-escaped*"))


def arguments(case: Case) -> Iterator[str]:
    for name in ("layer", "table", "datum", "encoding"):
        if name in case.options:
            yield from (f"--{name}", case.options[name])
    for ours, theirs in case.options.get("mapping", {}).items():
        yield from ("--field", f"{ours}={theirs}")
    for ours, value in case.options.get("constants", {}).items():
        yield from ("--set", f"{ours}={value}")


@pytest.mark.usefixtures("left")
def test_damaged_files_never_do_more_than_refuse(folder: Path, cases: list[Case], tmp_path: Path, full: bool) -> None:
    """Bytes changed, cut and doubled at random: a typed refusal or rows, whatever else the file says."""
    dice = random.Random(3)
    for case in cases:
        source = folder / case.name
        if case.refused or source.is_dir() or source.stat().st_size > 50_000:
            continue
        for _ in range(40 if full else 4):
            data = damaged(source.read_bytes(), dice)
            with suppress(Refusal):
                list(things(read_bytes(data, source.name, **options(case), limits=BODY)))


@pytest.mark.usefixtures("left")
def test_damaged_shapefiles_never_do_more_than_refuse(folder: Path, cases: list[Case], full: bool) -> None:
    """The same for each file that a shapefile is made of."""
    dice = random.Random(4)
    for case in [case for case in cases if case.name.endswith(".shp") and not case.refused]:
        for part in sorted((folder / case.name).parent.iterdir()):
            whole = part.read_bytes()
            for _ in range(20 if full else 1):
                part.write_bytes(damaged(whole, dice))
                with suppress(Refusal):
                    list(things(read(folder / case.name, **options(case))))
            part.write_bytes(whole)


def damaged(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 4, 16))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    cut = dice.randrange(len(changed)) if dice.random() < 0.3 else len(changed)
    return bytes(changed[:cut])


def listing(folder: Path) -> list[tuple[str, int]]:
    """Every file below a folder with its size."""
    return sorted((str(path), path.stat().st_size) for path in folder.rglob("*") if path.is_file())
