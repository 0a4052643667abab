"""Are millions of points answered row by row, in order, in constant memory, for callers who behave and who do not?"""

import csv
import io
import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import Store, fresh
from district import elsewhere, served
from fastapi.testclient import TestClient
from test_owner_command import BAD, FOUND, OURS, places

from geo.store import embedded

CSV, LINES, ARROW = "text/csv", "application/x-ndjson", "application/vnd.apache.arrow.stream"
MIB = 1 << 20


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as made:
        yield made


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def asked(client: TestClient, body: Any, media: str, query: str = "datum=wgs84", **headers: str) -> Any:
    told = client.post(f"/v1/owner/stream?{query}", content=body, headers={"Content-Type": media, **headers})
    assert told.status_code == 200, told.text
    return told


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def arrow(**columns: Any) -> bytes:
    out = io.BytesIO()
    made = pa.table(columns)
    with pa.ipc.new_stream(out, made.schema) as file:
        file.write_table(made)
    return out.getvalue()


def points() -> tuple[list[float], list[float]]:
    return [x for x, _ in places()], [y for _, y in places()]


def verdicts(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["status"], row["owner"] or "") for row in rows]


def test_three_forms_say_the_same(client: TestClient) -> None:
    lon, lat = points()
    text = "n,经度,lat\n" + "".join(f"{n},{x!r},{y!r}\n" for n, (x, y) in enumerate(places()))
    told = asked(elsewhere(client), text.encode(), f"{CSV}; charset=utf-8")
    assert told.headers["content-type"].startswith(CSV)
    assert told.headers["x-publication"] == "1"
    found = table(told.text)
    assert list(found[0]) == ["n", "经度", "lat", *OURS]
    assert verdicts(found) == FOUND
    assert {row["publication"] for row in found} == {"1"}
    body = "".join(json.dumps({"lon": x, "lat": y, "n": n}) + "\n" for n, (x, y) in enumerate(places()))
    told = asked(client, body.encode(), LINES)
    lines = [json.loads(line) for line in told.text.splitlines()]
    assert verdicts(lines) == FOUND
    assert [line["n"] for line in lines] == [0, 1, 2, 3]
    told = asked(client, arrow(lon=lon, lat=lat, n=[0, 1, 2, 3]), ARROW)
    whole = pa.ipc.open_stream(told.content).read_all()
    assert whole.column_names == ["lon", "lat", "n", *OURS]
    told = asked(client, arrow(lon=lon, lat=lat, n=[0, 1, 2, 3]), ARROW, "datum=wgs84&fields=owner")
    brief = pa.ipc.open_stream(told.content).read_all()
    assert brief.to_pylist() == whole.drop_columns("border_distance_m").to_pylist()
    assert verdicts(whole.to_pylist()) == FOUND
    assert [row["border_distance_m"] for row in lines] == whole["border_distance_m"].to_pylist()


@pytest.mark.parametrize("given", [CSV, LINES, ARROW])
@pytest.mark.parametrize("wanted", [CSV, LINES, ARROW])
def test_one_form_in_another_out(client: TestClient, given: str, wanted: str) -> None:
    lon, lat = points()
    bodies = {
        CSV: "lon,lat\n" + "".join(f"{x!r},{y!r}\n" for x, y in places()),
        LINES: "".join(json.dumps({"lon": x, "lat": y}) + "\n" for x, y in places()),
        ARROW: arrow(lon=lon, lat=lat),
    }
    told = asked(client, bodies[given], given, Accept=wanted)
    by_name = asked(
        client, bodies[given], given, f"datum=wgs84&f={ {CSV: 'csv', LINES: 'ndjson', ARROW: 'arrow'}[wanted] }"
    )
    assert by_name.content == told.content
    if wanted == ARROW:
        rows = pa.ipc.open_stream(told.content).read_all().to_pylist()
    else:
        rows = table(told.text) if wanted == CSV else [json.loads(line) for line in told.text.splitlines()]
    assert verdicts(rows) == FOUND


def test_bad_rows_are_answered_in_their_places(client: TestClient) -> None:
    body = "lon,lat,datum,accuracy_m\n" + "".join(f"{line}\n" for line, _ in BAD)
    found = table(asked(client, body.encode(), CSV, "").text)
    assert [row["error"].partition(":")[0] or None for row in found] == [why for _, why in BAD]
    lines = [
        ('{"lon":104.1,"lat":30.7,"owner":"me"}', None),
        ("{}", "row-without-point"),
        ("[1,2]", "row-not-object"),
        ('{"lon":104.1', "row-not-object"),
        ('{"lon":NaN,"lat":30}', "row-not-object"),
        ('{"lon":1e400,"lat":30}', "row-not-object"),
        ('{"lon":true,"lat":30}', "coordinate-malformed"),
        ('{"lon":30.7,"lat":104.1}', "axes-swapped"),
        ('{"x":"' + "y" * MIB + '"}', "line-too-long"),
        ('{"geometry":{"type":"Point","coordinates":[104.1,30.7]}}', None),
        ("[" * 5000, "row-not-object"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "row-not-object"),
    ]
    told = asked(client, "\r\n\n".join(line for line, _ in lines).encode(), LINES)
    answered = [json.loads(line) for line in told.text.splitlines()]
    assert [(one["error"] or "").partition(":")[0] or None for one in answered] == [why for _, why in lines]
    assert (answered[0]["owner"], answered[0]["matched_owner"]) == ("me", "A01")
    assert answered[3]["line"] == '{"lon":104.1'


def test_gbk_and_quotes(client: TestClient) -> None:
    x, y = places()[0]
    body = f'地址,经度,纬度\r\n"幸福路\r\n一号",{x},{y}\r\n幸福路,{x},{y}\r\n'.encode("gbk")
    for query in ("datum=wgs84&encoding=gbk", "datum=wgs84"):
        assert [row["地址"] for row in table(asked(client, body, CSV, query).text)] == ["幸福路\r\n一号", "幸福路"]
    broken = table(asked(client, b"lon,lat,name\n1,2,\xe5\xff\n1,2,ok\n", CSV, "datum=wgs84&encoding=utf-8").text)
    assert [row["error"].partition(":")[0] for row in broken] == ["text-undecodable", ""]


@pytest.mark.parametrize(
    ("body", "media", "query", "slug", "status"),
    [
        (b"lon,lat\n1,2\n", "text/plain", "datum=wgs84", "unsupported-media-type", 415),
        (b"lon,lat\n1,2\n", CSV, "", "datum-required", 400),
        (b'{"lon":1,"lat":2}\n', LINES, "", "datum-required", 400),
        (b"lon,lat\n1,2\n", CSV, "datum=wgs84&f=xml", "invalid-parameter", 400),
        (b"lon,lat\n1,2\n", CSV, "datum=wgs84&rows=1", "unknown-parameter", 400),
        (b"lon,lat\n1,2\n", CSV, "datum=EPSG:999999", "datum-required", 400),
        (b"a,b\n1,2\n", CSV, "datum=wgs84", "unreadable-input", 422),
        (b"", CSV, "datum=wgs84", "unreadable-input", 422),
        (b"\n \n", LINES, "datum=wgs84", "unreadable-input", 422),
        (b"", ARROW, "datum=wgs84", "unreadable-input", 422),
        (b"ARROW1\0\0", ARROW, "datum=wgs84", "unreadable-input", 422),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f", ARROW, "datum=wgs84", "unreadable-input", 422),
        (arrow(lon=[[1.0]], lat=[1.0]), ARROW, "datum=wgs84", "unreadable-input", 422),
        (arrow(lon=[None], lat=[None]), ARROW, "datum=wgs84", "unreadable-input", 422),
        (b"lon,lat\n1,2\n", CSV, "datum=wgs84&encoding=nothing", "unreadable-input", 422),
    ],
)
def test_what_is_no_stream_is_a_problem(
    client: TestClient, body: bytes, media: str, query: str, slug: str, status: int
) -> None:
    told = client.post(f"/v1/owner/stream?{query}", content=body, headers={"Content-Type": media})
    assert (told.status_code, told.json()["type"]) == (status, f"/problems/{slug}"), told.text


def test_hostile_arrow(client: TestClient) -> None:
    lon, lat = points()
    sound = arrow(lon=lon, lat=lat, name=["a", "b", "c", "d"])
    chance = np.random.default_rng(5)
    for _ in range(60):
        spoilt = bytearray(sound)
        for place in chance.integers(0, len(spoilt), 3):
            spoilt[place] = chance.integers(0, 256)
        told = client.post(
            "/v1/owner/stream?datum=wgs84", content=bytes(spoilt[: chance.integers(8, len(spoilt) + 1)]),
            headers={"Content-Type": ARROW},
        )  # fmt: skip
        assert told.status_code in {200, 422}
    out = io.BytesIO()
    made = pa.table({"lon": lon * 1000, "lat": lat * 1000})
    with pa.ipc.new_stream(out, made.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(made)
    told = client.post("/v1/owner/stream?datum=wgs84", content=out.getvalue(), headers={"Content-Type": ARROW})
    assert (told.status_code, "compressed" in told.json()["detail"]) == (422, True)
    lying = bytearray(sound)
    at_length = sound.index(struct.pack("<q", 4), 300)
    lying[at_length : at_length + 8] = struct.pack("<q", 1 << 60)
    told = client.post("/v1/owner/stream?datum=wgs84", content=bytes(lying), headers={"Content-Type": ARROW})
    assert told.status_code == 422
    assert client.get("/healthz").status_code == 200
