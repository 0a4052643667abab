"""What do answers about plans look like? As `api.examples`, which a test holds valid."""

from typing import Any

RING = [[[104.101, 30.7], [104.1025, 30.7], [104.1025, 30.703], [104.101, 30.703], [104.101, 30.7]]]
GROUND = {"type": "Polygon", "coordinates": RING}
LINE = {"type": "LineString", "coordinates": [[104.1025, 30.6999], [104.1025, 30.7031]]}
PLAN: dict[str, Any] = {
    "id": "7b6e5a1c-9d5f-4b0e-8a52-1f4f0a6f2c33",
    "title": "柳堰社区网格调整",
    "reason": "塔楼单独成格",
    "actor": "street-office",
    "created": "2026-03-02T08:00:00+00:00",
    "state": "draft",
    "possible": ["edit", "submit", "publish", "withdraw"],
    "approval": "柳街办〔2026〕12号",
    "approved_by": None,
    "at": None,
    "communities": ["519909001001"],
    "base": {"519909001001": 31},
    "stale": [],
    "revision": 3,
    "steps": 2,
    "can_undo": True,
    "can_redo": False,
    "provisional": False,
    "publication": None,
}
PLANS = {
    "plans": [PLAN],
    "links": [{"rel": "self", "href": "https://maps.example.org/v1/plans", "type": "application/json"}],
}
OPEN_REQUEST = {"communities": ["519909001001"], "title": "柳堰社区网格调整", "reason": "塔楼单独成格"}
PLAN_CHANGE = {"approval": "柳街办〔2026〕12号"}
EDITS_REQUEST = {
    "edits": [
        {"op": "split", "grid": "51990900100102", "line": LINE},
        {"op": "set", "grid": "51990900100106", "name": "塔楼网格"},
        {"op": "assign", "grid": "51990900100101", "blocks": ["519909001001-1"]},
        {"op": "move_node", "from": [104.1025, 30.7], "to": [104.1026, 30.7]},
    ],
    "reason": "塔楼单独成格",
}
STEPS_REQUEST = {"steps": 1}
STATE_REQUEST = {"reason": "请审批"}
APPROVE_REQUEST = {"approval": "柳街办〔2026〕12号", "reason": "同意"}


def _grid(code: str, households: int) -> dict[str, Any]:
    told = {"layer": "grid", "code": code, "name": "塔楼网格", "kind": "residential", "region": "519909001001"}
    return {
        "type": "Feature",
        "geometry": GROUND,
        "properties": {**told, "households": households, "verdict": "good"},
    }


NEW = _grid("51990900100106", 420)
REGION = {
    "type": "Feature",
    "geometry": GROUND,
    "properties": {
        "layer": "region",
        "code": "519909001001",
        "name": "柳堰社区",
        "level": "community",
        "parent": "519909001",
        "enclave": False,
    },
}
PLAN_GROUND = {"type": "FeatureCollection", "features": [REGION, NEW]}
PLAN_BLOCKS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "519909001001-1",
            "geometry": GROUND,
            "properties": {
                "community": "519909001001",
                "households": 84,
                "buildings": 3,
                "grid": "51990900100102",
            },
        }
    ],
    "links": [],
}
EDIT_ANSWER = {
    "revision": 4,
    "grids": {
        "type": "FeatureCollection",
        "features": [{**NEW, "properties": {**NEW["properties"], "households_before": None, "amended": False}}],
    },
    "regions": {"type": "FeatureCollection", "features": []},
    "gone": [],
    "amended": [],
    "healed": [],
    "drawn": [LINE],
    "households": [
        {"code": "51990900100102", "before": 838, "after": 418},
        {"code": "51990900100106", "before": None, "after": 420},
    ],
    "appeared": [],
    "vanished": [
        {
            "rule": "households-high",
            "severity": "warning",
            "codes": ["51990900100102"],
            "area_m2": None,
            "width_m": None,
            "length_m": None,
            "households": 838,
            "message": "Grid 51990900100102 has 838 households, more than 500.",
            "healable": False,
            "geometry": None,
        }
    ],
    "moved": [{"id": "B0001", "households": 420, "from": "51990900100102", "to": "51990900100106"}],
    "lineage": [
        {
            "from": "51990900100102",
            "to": "51990900100106",
            "kind": "split",
            "ground_m2": 47_900.5,
            "share": 0.5,
            "households": 420,
        }
    ],
    "counts": {"blocking": 0, "warning": 1, "note": 0},
    "coverage": {
        "units": 1,
        "units_covered": 1,
        "area_m2": 96_000.0,
        "area_covered_m2": 96_000.0,
        "gap_m2": 0.0,
        "overlap_m2": 0.0,
        "households": 1974,
        "households_covered": 1974,
    },
}
STEPS = {
    "steps": [
        {
            "number": 1,
            "kind": "edit",
            "state": "done",
            "at": "2026-03-02T08:05:00+00:00",
            "actor": "street-office",
            "reason": "塔楼单独成格",
            "edits": [{"op": "split", "grid": "51990900100102", "line": LINE}],
            "changed": ["51990900100102", "51990900100106"],
            "gone": [],
        }
    ],
    "links": [],
}
PLAN_LOG = {
    "entries": [
        {
            "at": "2026-03-16T00:00:01+00:00",
            "actor": "schedule",
            "action": "schedule-failed",
            "reason": "stale-base",
            "publication": None,
            "details": {"codes": ["519900901001"]},
        }
    ],
    "links": [],
}
SCHEDULED = {
    "plan": PLAN["id"],
    "scheduled": "2026-03-16T00:00:00+08:00",
    "kind": "ground",
    "standing": {"519909001001": "proven"},
    "amended": ["519909001002"],
}
REPAIRS = {
    "proposals": [
        {
            "id": "5f0c7a100b8f3c2e",
            "rule": "gap",
            "region": "519909001001",
            "whole": False,
            "strategy": "longest-edge",
            "area_m2": 12.3,
            "households": 0,
            "edits": [{"op": "claim_gap", "place": [104.1025, 30.7014], "grid": "51990900100102"}],
            "alternatives": [],
            "findings": [],
        }
    ],
    "count": 1,
    "left_out": 0,
}
DRAWING = {
    "plan": PLAN["id"],
    "revision": 3,
    "step": 2,
    "chosen": 1,
    "early": False,
    "alternatives": [
        {
            "rank": 1,
            "score": 0.91,
            "violation": 0,
            "moved": 84,
            "communities": [
                {
                    "code": "519909001001",
                    "figures": {"score": 0.91},
                    "grids": [{"code": "51990900100102", "households": 418, "verdict": "good"}],
                    "reasons": [],
                }
            ],
            "left": [],
        }
    ],
    "left": [],
}
SIZE_REPAIRS = {
    "revision": 2,
    "early": False,
    "proposals": [
        {
            "id": "5f0c7a100b8f3c2e",
            "kind": "size",
            "region": "519909001001",
            "moved": 84,
            "heals": [],
            "edits": [{"op": "replace", "community": "519909001001"}],
            "reasons": [],
        }
    ],
    "left": [],
    "left_out": 0,
    "steps": [],
}
BY_SCHEMA: dict[str, dict[str, Any]] = {
    "ApproveRequest": APPROVE_REQUEST,
    "DrawRequest": {"grids": ["51990900100102"], "number": 2, "reason": "塔楼"},
    "Drawing": DRAWING,
    "EditAnswer": EDIT_ANSWER,
    "EditsRequest": EDITS_REQUEST,
    "OpenRequest": OPEN_REQUEST,
    "PlanBlocks": PLAN_BLOCKS,
    "PlanChange": PLAN_CHANGE,
    "PlanDocument": PLAN,
    "PlanGround": PLAN_GROUND,
    "Plans": PLANS,
    "RepairAnswer": {**EDIT_ANSWER, "repaired": 1, "skipped": []},
    "Repairs": REPAIRS,
    "SizeRepairs": SIZE_REPAIRS,
    "RepairsRequest": {"accept": "all", "rules": ["gap"], "strategy": "longest-edge"},
    "RebaseAnswer": {**EDIT_ANSWER, "recoded": [{"from": "51990900100106", "to": "51990900100107"}]},
    "RebaseRequest": {"choices": {"1-5f0c7a100b8f": "mine"}},
    "PlanLog": PLAN_LOG,
    "ScheduledPlan": SCHEDULED,
    "StateRequest": STATE_REQUEST,
    "Steps": STEPS,
    "StepsRequest": STEPS_REQUEST,
}
