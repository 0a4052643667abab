"""How would a careful user make an archive of the same map? freestiler, each layer from the zoom on where we show it.

`python with_freestiler.py FOLDER OUT MOST_ZOOM`, run in an environment of its own (`benchmarks.tile_peers`): it imports
nothing of this project. FOLDER has one GeoParquet a layer, called NAME-FROM-TO.parquet by its zooms.
"""

import sys
from pathlib import Path

import freestiler
import geopandas


def main() -> None:
    """One archive of all files of the folder."""
    folder, out, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    layers = {}
    for file in sorted(folder.glob("*.parquet")):
        name, least, last = file.stem.rsplit("-", 2)
        frame = geopandas.read_parquet(file)
        layers[name] = freestiler.freestile_layer(frame, min_zoom=int(least), max_zoom=min(int(last), most))
    freestiler.freestile(layers, out, min_zoom=0, max_zoom=most, quiet=True)


if __name__ == "__main__":
    main()
