"""What does one answer of each kind look like? Shown in the description of the service; a test holds each valid."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from api.archive_documents import ARCHIVE
from api.batched import ASKED as BATCH_REQUEST
from api.batched import LINE as BATCH_LINE
from api.batched import OWNED as BATCH_RESULT
from api.batched import TOLD as BATCH
from api.certified import EXAMPLE as CERTIFICATE
from api.converted import ASKED as CONVERT_REQUEST
from api.converted import TOLD as CONVERTED
from api.diff_schemas import DIFF
from api.diff_schemas import PLACES as DIFF_PLACES
from api.history_schemas import HISTORY, LINEAGE
from api.order_schemas import ORDER, ORDER_REQUEST, ORDERS, REVERT_REQUEST
from api.people import PEOPLE
from api.plan_examples import BY_SCHEMA as PLANS
from api.plan_examples import PLAN

RING = [[[104.101, 30.7], [104.104, 30.7], [104.104, 30.703], [104.101, 30.703], [104.101, 30.7]]]
GROUND = {"type": "Polygon", "coordinates": RING}
HREF = "https://maps.example.org/v1"


def _feature(id_: int, properties: dict[str, Any], geometry: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "Feature", "id": id_, "geometry": geometry or GROUND, "properties": properties}


def _listed(path: str, *features: dict[str, Any]) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{HREF}/{path}", "type": "application/geo+json"}]
    return {"type": "FeatureCollection", "publication": 12, "links": links, "features": list(features)}


OWNER = {
    "status": "near_boundary",
    "owner": {
        "code": "51990900100102",
        "name": "第二网格",
        "kind": "residential",
        "households": 418,
        "region": "519909001001",
    },
    "chain": [
        {"code": "519909", "name": "虚构区", "level": "district"},
        {"code": "519909001001", "name": "柳堰社区", "level": "community"},
    ],
    "people": [],
    "border_distance_m": 7.25,
    "neighbour": "51990900100103",
    "candidates": [
        {"code": "51990900100102", "distance_m": 0.0, "share": None},
        {"code": "51990900100103", "distance_m": 7.25, "share": None},
    ],
    "nearest": None,
    "fallback": None,
    "rule": "closed-smallest-code",
    "datum": "gcj02",
    "point": {"lon": 104.1039, "lat": 30.7015},
    "warnings": [],
    "edition": 31,
    "standing": "proven",
    "publication": 12,
    "as_of": "2026-03-02T08:00:00+00:00",
    "stale": False,
    "age_s": 0.4,
}
BUILDING_OWNER = {
    **OWNER,
    "status": "owned",
    "neighbour": None,
    "candidates": [
        {"code": "51990900100102", "distance_m": 0.0, "share": 0.8125},
        {"code": "51990900100103", "distance_m": 0.0, "share": 0.1875},
    ],
    "rule": "largest-share",
    "datum": "wgs84",
    "building": "b-0017",
}
FACILITY_OWNER = {
    **{name: value for name, value in BUILDING_OWNER.items() if name != "building"},
    "candidates": [],
    "rule": "closed-smallest-code",
    "facility": "f-0003",
}
SEARCH = {
    "results": [
        {
            "layer": "building",
            "code": "b-0017",
            "name": "3栋",
            "address": "虚构区柳堰路17号3栋",
            "match": "address",
            "owner": "51990900100102",
            "place": {"lon": 104.1039, "lat": 30.7015},
            "links": [
                {"rel": "self", "href": f"{HREF}/buildings/b-0017", "type": "application/geo+json"},
                {"rel": "owner", "href": f"{HREF}/buildings/b-0017/owner", "type": "application/json"},
            ],
        }
    ],
    "publication": 12,
    "stale": False,
}
GRID = _feature(
    205,
    {
        "code": "51990900100102",
        "name": "第二网格",
        "kind": "residential",
        "region": "519909001001",
        "households": 418,
        "verdict": "good",
        "standing": "proven",
        "edition": 31,
    },
)
REGION = _feature(
    17,
    {
        "code": "519909001001",
        "name": "柳堰社区",
        "level": "community",
        "parent": "519909001",
        "enclave": False,
        "scheme": None,
        "standing": "proven",
        "grids": 5,
        "households": 1974,
    },
)
BUILDING = _feature(
    4021,
    {
        "id": "B0001",
        "name": "3栋",
        "address": "柳堰路8号",
        "compound": "柳堰小区",
        "households": 48,
        "levels": 6,
        "kind": "residential",
        "grid": None,
        "owner": "51990900100102",
    },
)
FACILITY = _feature(
    9001,
    {"id": "F0001", "name": "柳堰社区卫生站", "category": "clinic"},
    {"type": "Point", "coordinates": [104.1025, 30.7014]},
)
GRIDS, REGIONS = _listed("grids", GRID), _listed("regions", REGION)
BUILDINGS, FACILITIES = _listed("buildings", BUILDING), _listed("facilities", FACILITY)
PUBLICATION = {
    "number": 12,
    "kind": "ground",
    "at": "2026-03-02T08:00:00+00:00",
    "actor": "street-office",
    "reason": "两个网格合并",
    "regions": ["519909001001"],
    "bounds": [104.101, 30.7, 104.104, 30.703],
}
PUBLICATIONS = {
    "publications": [PUBLICATION],
    "links": [{"rel": "self", "href": f"{HREF}/publications", "type": "application/json"}],
}
CHECKED: dict[str, Any] = {
    "publication": None,
    "findings": [
        {
            "rule": "gap",
            "severity": "blocking",
            "codes": ["519909001001"],
            "area_m2": 12.3,
            "width_m": 0.5,
            "length_m": None,
            "households": None,
            "message": "Nobody owns 12.3 m² here (up to 0.50 m wide).",
            "healable": False,
            "geometry": GROUND,
        }
    ],
    "coverage": {
        "units": 1,
        "units_covered": 0,
        "area_m2": 96_000.0,
        "area_covered_m2": 95_987.7,
        "gap_m2": 12.3,
        "overlap_m2": 0.0,
        "households": 1974,
        "households_covered": 1974,
    },
}
COVERED = {
    **CHECKED,
    "publication": 12,
    "region": {"code": "519909001", "name": "柳河街道", "level": "street"},
    "standing": "provisional",
    "shares": {"units": "0.00 %", "area": "99.98 %", "households": "100 %"},
    "households_without_grid": 0,
    "grids": 5,
    "sizes": {"low": 0, "good": 5, "high": 0, "none": 0},
    "blocking": 1,
    "by_rule": [
        {
            "rule": "gap",
            "severity": "blocking",
            "count": 1,
            "accepted": 0,
            "area_m2": 12.3,
            "largest_m2": 12.3,
            "households": None,
        }
    ],
    "children": [
        {
            **CHECKED["coverage"],
            "code": "519909001001",
            "name": "柳堰社区",
            "level": "community",
            "standing": "provisional",
            "households_without_grid": 0,
            "grids": 5,
            "sizes": {"low": 0, "good": 5, "high": 0, "none": 0},
            "findings": 1,
            "accepted": 0,
            "blocking": 1,
            "worst": {
                "rule": "gap",
                "severity": "blocking",
                "codes": ["519909001001"],
                "area_m2": 12.3,
                "households": None,
            },
        }
    ],
    "left_out": 0,
}
FINDING_PLACES = {
    "type": "FeatureCollection",
    "publication": None,
    "coverage": CHECKED["coverage"],
    "features": [
        {"type": "Feature", "geometry": GROUND, "properties": {"rule": "gap", "severity": "blocking", "area_m2": 12.3}}
    ],
}
ACCEPT_REQUEST = {
    "region": "519909001001",
    "rule": "households-low",
    "codes": ["51990900100103"],
    "reason": "公园两侧,无法并入相邻网格",
    "at": [104.1025, 30.7014],
}
ACCEPTANCE = {
    "id": 4,
    "rule": "households-low",
    "codes": ["51990900100103"],
    "reason": "公园两侧,无法并入相邻网格",
    "actor": "street-office",
    "at": "2026-03-09T08:00:00+00:00",
    "withdrawn_at": None,
    "withdrawn_by": None,
    "geometry": GROUND,
}
ACCEPTANCES = {
    "acceptances": [ACCEPTANCE],
    "links": [{"rel": "self", "href": f"{HREF}/acceptances", "type": "application/json"}],
}
PLAN_FILE = {
    "type": "FeatureCollection",
    "datum": "wgs84",
    "features": [
        {
            "type": "Feature",
            "properties": {"layer": "region", "code": "519909001001", "name": "柳堰社区", "level": "community"},
            "geometry": GROUND,
        },
        {
            "type": "Feature",
            "properties": {"layer": "grid", "code": "51990900100101", "region": "519909001001"},
            "geometry": GROUND,
        },
    ],
}
PUBLISH_REQUEST = {"reason": "两个网格合并", "at": "2026-03-16T00:00:00+08:00"}
PUBLISHED = {
    "number": 13,
    "at": "2026-03-09T08:00:00+00:00",
    "kind": "ground",
    "standing": {"519909001001": "proven"},
    "amended": ["519909001002"],
}
JOB_SUMMARY = {
    "id": "0b8f3c2e-55a4-4f0c-9d0f-6b1f5f0c7a10",
    "kind": "import",
    "actor": "street-office",
    "state": "done",
    "stopping": False,
    "progress": {"phase": "publishing", "done": 0, "total": 0},
    "asked": {"name": "网格.zip", "layer": "grid", "datum": "cgcs2000", "publish": True},
    "created": "2026-03-09T08:00:00+00:00",
    "started": "2026-03-09T08:00:01+00:00",
    "ended": "2026-03-09T08:00:09+00:00",
    "expires": "2026-03-16T08:00:09+00:00",
}
JOB = {
    **JOB_SUMMARY,
    "result": {"rows": {"grid": {"changed": 2, "unchanged": 3}}, "refused": [], "plan": PLAN["id"], "number": 13},
    "problem": None,
}
TILEJSON = {
    "tilejson": "3.0.0",
    "name": "wangge",
    "publication": 12,
    "tiles": ["https://maps.example.org/tiles/12/map/{z}/{x}/{y}"],
    "scheme": "xyz",
    "vector_layers": [
        {"id": "grids", "fields": {"code": "String", "households": "String"}, "minzoom": 13, "maxzoom": 17}
    ],
    "minzoom": 0,
    "maxzoom": 17,
    "bounds": [104.101, 30.7, 104.104, 30.703],
    "datum": "wgs84",
    "matrix": "mercator",
}
STYLE = {
    "version": 8,
    "name": "wangge verdict",
    "sources": {"wangge": {"type": "vector", "url": "https://maps.example.org/tiles/current/tilejson.json"}},
    "layers": [
        {"id": "outside", "type": "background", "paint": {"background-color": "#f4f2ee"}},
        {"id": "grid", "type": "fill", "source": "wangge", "source-layer": "grids", "paint": {"fill-color": "#c3e2d5"}},
    ],
}
RULES = {
    "publication": 12,
    "version": 1,
    "region": None,
    "rules": [
        {
            "id": "households-high",
            "name": "Too many households",
            "family": "size",
            "severities": ["warning"],
            "can_be_accepted": True,
            "about": "A grid has more households than the most, too many for one responsible person.",
            "parameters": ["households_most"],
        }
    ],
    "parameters": [
        {
            "name": "households_most",
            "title": "most households of a grid",
            "unit": "households",
            "least": 1.0,
            "most": 1000000.0,
            "whole": True,
            "default": {"residential": 500.0, "special": None, "rural": 500.0},
            "limits": {"residential": 600.0, "special": None, "rural": 500.0},
        }
    ],
    "facilities": {"residential": ["police"], "special": [], "rural": []},
    "drawing": [
        {
            "name": "weights.streets",
            "title": "weight of borders along streets and water",
            "least": 0.0,
            "most": 10.0,
            "default": 0.3,
            "value": 0.5,
        }
    ],
    "stated": {
        "limits": {"households_most": {"residential": 600}},
        "facilities": {"residential": ["police"]},
        "drawing": {"weights": {"streets": 0.5}},
    },
}
ALIVE = {"status": "alive"}
READY = {"status": "ready", "database": True, "publication": 12, "age_s": 0.4}
BY_SCHEMA: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "AcceptRequest": ACCEPT_REQUEST,
        "AcceptanceDocument": ACCEPTANCE,
        "Acceptances": ACCEPTANCES,
        "Alive": ALIVE,
        "ArchiveDocument": ARCHIVE,
        "Batch": BATCH,
        "BatchLine": BATCH_LINE,
        "BatchRequest": BATCH_REQUEST,
        "BatchResult": BATCH_RESULT,
        "BuildingFeature": BUILDING,
        "BuildingOwner": BUILDING_OWNER,
        "Buildings": BUILDINGS,
        "Certificate": CERTIFICATE,
        "Checked": CHECKED,
        "ConvertRequest": CONVERT_REQUEST,
        "Converted": CONVERTED,
        "Covered": COVERED,
        "DiffDocument": DIFF,
        "DiffPlaces": DIFF_PLACES,
        "Facilities": FACILITIES,
        "FacilityOwner": FACILITY_OWNER,
        "FindingPlaces": FINDING_PLACES,
        "FacilityFeature": FACILITY,
        "GridFeature": GRID,
        "Grids": GRIDS,
        "History": HISTORY,
        "JobDocument": JOB,
        "JobSummary": JOB_SUMMARY,
        "Jobs": {"jobs": [JOB_SUMMARY]},
        "Lineage": LINEAGE,
        "MapStyle": STYLE,
        "OrderDocument": ORDER,
        "OrderRequest": ORDER_REQUEST,
        "Orders": ORDERS,
        "OwnerAnswer": OWNER,
        "OwnerBrief": {name: OWNER[name] for name in ("status", "owner", "standing", "publication", "stale")},
        "People": PEOPLE,
        "PlanFile": PLAN_FILE,
        "Publication": PUBLICATION,
        "Publications": PUBLICATIONS,
        "PublishRequest": PUBLISH_REQUEST,
        "Published": PUBLISHED,
        "Ready": READY,
        "RegionFeature": REGION,
        "Regions": REGIONS,
        "Rules": RULES,
        "RevertRequest": REVERT_REQUEST,
        "Reverted": {**PUBLISHED, "kind": "revert", "orders": [{name: ORDER[name] for name in ("region", "number")}]},
        "SearchAnswer": SEARCH,
        "TileJson": TILEJSON,
        **PLANS,
    }
)
"""Put in when the description is whole: FastAPI drops what is null from an example, and null is an answer here."""
