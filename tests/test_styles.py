"""Does each style draw what is in the tiles, by the rules of MapLibre, and ask for nothing else?"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from api.app import create_app
from api.routes.styles import MatrixName, Name
from api.schemas import MapStyle
from api.settings import Settings
from geo.matrix import MATRICES
from tiles.layers import LAYERS
from tiles.palette import DAY, NIGHT
from tiles.style import SOURCE, STYLES, style

WEB = Path(__file__).parents[1] / "web"
CHECKER = WEB / "node_modules/@maplibre/maplibre-gl-style-spec/dist/index.mjs"
CHECK = """
import { validateStyleMin } from %s;
let text = "";
for await (const piece of process.stdin) text += piece;
const found = JSON.parse(text).map((one) => validateStyleMin(one).map((error) => error.message));
process.stdout.write(JSON.stringify(found));
"""


def fields(expression: Any) -> Iterator[str]:
    """The attributes that an expression, or whatever holds some, asks features for."""
    if isinstance(expression, dict):
        for one in expression.values():
            yield from fields(one)
    elif isinstance(expression, list):
        if len(expression) == 2 and expression[0] in {"get", "has"}:
            yield expression[1]
        for one in expression:
            yield from fields(one)


def expressions(value: Any) -> Iterator[list[Any]]:
    """Those that a list of properties holds, and those in them that are asked of features."""
    if not isinstance(value, list):
        return
    if value and isinstance(value[0], str):
        yield value
    for one in [] if value[:1] in (["interpolate"], ["match"]) else value:
        yield from expressions(one)


def drawn(name: str) -> list[dict[str, Any]]:
    return [
        layer for layer in style(name, "https://maps.example.org/t.json")["layers"] if layer["type"] != "background"
    ]


@pytest.fixture(scope="module")
def client() -> TestClient:
    """Styles need no store, so none is reached."""
    engine = create_engine("postgresql+psycopg://127.0.0.1:1/none")
    return TestClient(create_app(Settings(public_url="https://maps.example.org/wangge"), engine))


@pytest.mark.skipif(not CHECKER.is_file() or shutil.which("node") is None, reason="the page is not set up: ./dev build")
def test_maplibre_finds_nothing_wrong() -> None:
    given = [style(name, "https://maps.example.org/t.json") for name in STYLES]
    wrong = {**given[0], "layers": [{**given[0]["layers"][1], "type": "fills"}]}
    command = ["node", "--input-type=module", "-e", CHECK % json.dumps(CHECKER.as_uri())]
    done = subprocess.run(command, input=json.dumps([*given, wrong]), capture_output=True, text=True, check=True)
    *found, of_the_wrong = json.loads(done.stdout)
    assert found == [[]] * len(STYLES)
    assert of_the_wrong


@pytest.mark.parametrize("name", STYLES)
def test_it_draws_what_public_tiles_have(name: str) -> None:
    shown = {layer["source-layer"] for layer in drawn(name)}
    assert shown == {layer.name for layer in LAYERS.values() if layer.profile == "public"}
    for layer in drawn(name):
        source = LAYERS[layer["source-layer"]]
        asked = set(fields([layer.get("filter"), layer.get("paint"), layer.get("layout")]))
        assert asked <= set(source.fields), layer["id"]
        assert layer.get("minzoom", 0) >= source.least or source.name in {"water", "regions", "labels"}, layer["id"]


@pytest.mark.parametrize("name", STYLES)
def test_it_asks_for_nothing_but_tiles(name: str) -> None:
    told = style(name, "https://maps.example.org/t.json")
    assert set(told) == {"version", "name", "sources", "layers"}
    assert told["sources"] == {SOURCE: {"type": "vector", "url": "https://maps.example.org/t.json"}}
    assert json.dumps(told).count("http") == 1
    assert not {key for layer in told["layers"] for key in (*layer.get("layout", {}), *layer.get("paint", {}))} & {
        "icon-image", "fill-pattern", "line-pattern",
    }  # fmt: skip
    assert len({layer["id"] for layer in told["layers"]}) == len(told["layers"])


def test_each_tells_something_of_its_own() -> None:
    grid = {
        name: [one for one in drawn(name) if (one["type"], one["source-layer"]) == ("fill", "grids")] for name in STYLES
    }
    assert set(fields(grid["verdict"])) == {"verdict", "kind"} == set(fields(grid["night"]))
    assert set(fields(grid["kind"])) == {"kind"}
    assert DAY.good in json.dumps(grid["verdict"])
    assert NIGHT.good in json.dumps(grid["night"])


@pytest.mark.parametrize("name", STYLES)
def test_its_expressions_are_those_that_qgis_reads(name: str) -> None:
    """QGIS 3.22 leaves others out, in silence: tried with its `QgsMapBoxGlStyleConverter`."""
    known = {"get", "has", "==", "!=", "all", "match", "interpolate", "geometry-type"}
    for layer in drawn(name):
        for one in expressions(
            [layer.get("filter"), *layer["paint"].values(), layer.get("layout", {}).get("text-field")]
        ):
            assert one[0] in known, (layer["id"], one)
            if one[0] == "match":
                assert all(isinstance(label, list) for label in one[2:-1:2]), (layer["id"], one)
                assert not any(isinstance(value, list) for value in (*one[3:-1:2], one[-1])), (layer["id"], one)


@pytest.mark.parametrize(("matrix", "begin"), [("", ""), ("?matrix=mercator", ""), ("?matrix=gcj02", "gcj02/")])
def test_the_source_is_an_absolute_address(client: TestClient, matrix: str, begin: str) -> None:
    told = client.get(f"/styles/verdict.json{matrix}")
    assert told.status_code == 200
    source = told.json()["sources"][SOURCE]
    assert source["url"] == f"https://maps.example.org/wangge/tiles/{begin}current/tilejson.json"
    again = client.get(f"/styles/verdict.json{matrix}", headers={"If-None-Match": told.headers["ETag"]})
    assert again.status_code == 304


def test_every_style_and_matrix_is_offered(client: TestClient) -> None:
    assert set(Name.__origin__.__args__) == set(STYLES)
    assert set(MatrixName.__origin__.__args__) == set(MATRICES)
    assert {client.get(f"/styles/{name}.json").status_code for name in STYLES} == {200}


@pytest.mark.parametrize("name", STYLES)
def test_the_description_tells_all_that_is_in_one(client: TestClient, name: str) -> None:
    told = client.get(f"/styles/{name}.json").json()
    assert MapStyle.model_validate(told).model_dump() == told
    answers = client.get("/openapi.json").json()["paths"]["/styles/{name}.json"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/MapStyle"}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/styles/noon.json", 400), ("/styles/kind.json?matrix=bd09", 400), ("/styles/kind.json?a=1", 400)],
)
def test_what_there_is_not(client: TestClient, path: str, status: int) -> None:
    told = client.get(path)
    assert told.status_code == status
    assert told.headers["content-type"] == "application/problem+json"
