"""Does the sample district come back the same from every format? A small one, and under the full counts all of it."""

from pathlib import Path

import pytest
from commands import Here
from conftest import Store, fresh
from proofs import Proof
from real import everything
from test_round_trips import FORMATS, alike, exported, is_unchanged, readings, take_in

import sample_data
from geo.files import Reading, read, read_geojson
from geo.store import embedded
from sample_data.make import district


@pytest.fixture
def sample(full: bool) -> Reading:
    return read_geojson(district()) if full else read(Path(sample_data.__file__).parent / "broken" / "sound.geojson")


def test_the_sample_district_comes_back(
    store: Store,
    sample: Reading,
    cluster: embedded.Cluster,
    proof: Proof,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    take_in(store, [sample])
    stood = everything(store)
    assert len(stood) == len(sample.rows)
    for suffix in FORMATS:
        came = readings(exported(Here(store, monkeypatch, capsys), tmp_path, suffix))
        assert is_unchanged(store, came), suffix
        with fresh(cluster) as empty:
            take_in(empty, came)
            assert alike(everything(empty)) == alike(stood), suffix
    proof("the sample district out and in again, each of five formats", len(stood), "all rows as published")
