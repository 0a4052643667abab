"""How is a finding told? `rule.*` is its name, `finding.*` the sentence, `finding.*.bare` the same without amounts."""

TEXTS: dict[str, tuple[str, str]] = {
    "rule.ring-invalid": ("边界自相交", "Outline crosses itself"),
    "finding.ring-invalid": (
        "{codes} 的边界在 {lon:.7f}, {lat:.7f} 处自相交或无效。",
        "The outline of {codes} crosses itself or is invalid at {lon:.7f}, {lat:.7f}.",
    ),
    "finding.ring-invalid.bare": (
        "{codes} 的边界自相交或无效。",
        "The outline of {codes} crosses itself or is invalid.",
    ),
    "rule.gap": ("空白区域", "Gap"),
    "finding.gap": (
        "此处 {area_m2:.1f} 平方米无人管理(最宽 {width_m:.2f} 米)。",
        "Nobody owns {area_m2:.1f} m² here (up to {width_m:.2f} m wide).",
    ),
    "finding.gap.bare": ("此处有地面无人管理。", "Nobody owns the ground here."),
    "rule.overlap": ("重叠", "Overlap"),
    "finding.overlap": (
        "{codes} 在此重叠 {area_m2:.1f} 平方米(最宽 {width_m:.2f} 米)。",
        "{codes} claim the same {area_m2:.1f} m² here (up to {width_m:.2f} m wide).",
    ),
    "finding.overlap.bare": ("{codes} 在此重叠。", "{codes} claim the same ground here."),
    "rule.duplicate": ("重复", "Duplicate"),
    "finding.duplicate": (
        "{codes} 是同一块地面,共 {area_m2:.1f} 平方米。",
        "{codes} are the same piece of ground, {area_m2:.1f} m².",
    ),
    "finding.duplicate.bare": ("{codes} 是同一块地面。", "{codes} are the same piece of ground."),
    "rule.spill": ("越界", "Spill"),
    "finding.spill": (
        "{codes} 有 {area_m2:.1f} 平方米超出所划分区划的边界(最宽 {width_m:.2f} 米)。",
        "{codes} claims {area_m2:.1f} m² outside the boundary of the region it divides (up to {width_m:.2f} m wide).",
    ),
    "finding.spill.bare": (
        "{codes} 超出所划分区划的边界。",
        "{codes} claims ground outside the boundary of the region it divides.",
    ),
    "rule.node-unmatched": ("节点未对齐", "Unmatched node"),
    "finding.node-unmatched": (
        "{codes} 的公共边在 {lon:.7f}, {lat:.7f} 处有节点,另一侧没有。",
        "The shared edge of {codes} has a node at {lon:.7f}, {lat:.7f} that the other side lacks.",
    ),
    "finding.node-unmatched.bare": (
        "{codes} 的公共边上有节点,另一侧没有。",
        "The shared edge of {codes} has a node that the other side lacks.",
    ),
    "rule.building-unassigned": ("建筑无网格", "Building without a grid"),
    "finding.building-unassigned": (
        "建筑 {codes}({households} 户)不属于任何网格。",
        "Building {codes} ({households} households) belongs to no grid.",
    ),
    "finding.building-unassigned.bare": ("建筑 {codes} 不属于任何网格。", "Building {codes} belongs to no grid."),
    "rule.building-split": ("建筑被切开", "Building cut"),
    "finding.building-split": (
        "网格边界切开了建筑,涉及 {codes},较小的一侧有 {area_m2:.1f} 平方米。",
        "A grid border cuts a building ({codes}); the smaller side has {area_m2:.1f} m².",
    ),
    "finding.building-split.bare": ("网格边界切开了建筑,涉及 {codes}。", "A grid border cuts a building ({codes})."),
    "rule.unassigned": ("未划入下级的地面", "Ground in no region below"),
    "finding.unassigned": (
        "{codes} 有 {area_m2:.1f} 平方米不属于任何下级区划(最宽 {width_m:.2f} 米)。",
        "{area_m2:.1f} m² of {codes} lie in no region below it (up to {width_m:.2f} m wide).",
    ),
    "finding.unassigned.bare": ("{codes} 有地面不属于任何下级区划。", "Ground of {codes} lies in no region below it."),
    "rule.outside-parent": ("超出上级边界", "Outside its parent"),
    "finding.outside-parent": (
        "有 {area_m2:.1f} 平方米超出 {codes} 载入的边界(最宽 {width_m:.2f} 米)。",
        "{area_m2:.1f} m² lie outside the outline that came with {codes} (up to {width_m:.2f} m wide).",
    ),
    "finding.outside-parent.bare": ("有地面超出 {codes} 载入的边界。", "Ground lies outside the outline of {codes}."),
    "rule.households-low": ("户数偏少", "Too few households"),
    "finding.households-low": (
        "网格 {codes} 有 {households} 户,少于 {low} 户。",
        "Grid {codes} has {households} households, fewer than {low}.",
    ),
    "finding.households-low.bare": ("网格 {codes} 户数偏少。", "Grid {codes} has too few households."),
    "rule.households-high": ("户数偏多", "Too many households"),
    "finding.households-high": (
        "网格 {codes} 有 {households} 户,多于 {high} 户。",
        "Grid {codes} has {households} households, more than {high}.",
    ),
    "finding.households-high.bare": ("网格 {codes} 户数偏多。", "Grid {codes} has too many households."),
}
