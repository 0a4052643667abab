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
    "finding.gap.where": (
        "此处 {area_m2:.1f} 平方米无人管理({where},最宽 {width_m:.2f} 米)。",
        "Nobody owns {area_m2:.1f} m² here ({where}, up to {width_m:.2f} m wide).",
    ),
    "finding.gap.bare": ("此处有地面无人管理。", "Nobody owns the ground here."),
    "where.whole": ("整个区划没有网格", "the region has no grids"),
    "where.pinhole": ("针孔", "a pinhole"),
    "where.grid": ("像是缺了一个网格", "a grid seems to be missing"),
    "where.outer": ("在区划边缘", "at the region's outer edge"),
    "where.inner": ("在区划内部", "inside the region"),
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
    "rule.sliver": ("狭缝", "Sliver"),
    "finding.sliver": (
        "{codes} 之间有狭缝,{area_m2:.2f} 平方米,最宽只有 {width_m:.2f} 米。",
        "A sliver between {codes}: {area_m2:.2f} m², nowhere wider than {width_m:.2f} m.",
    ),
    "finding.sliver.bare": ("{codes} 之间有狭缝。", "A sliver between {codes}."),
    "rule.building-unassigned": ("建筑无网格", "Building without a grid"),
    "finding.building-unassigned": (
        "建筑 {codes}({households} 户)不属于任何网格。",
        "Building {codes} ({households} households) belongs to no grid.",
    ),
    "finding.building-unassigned.bare": ("建筑 {codes} 不属于任何网格。", "Building {codes} belongs to no grid."),
    "rule.building-split": ("建筑被切开", "Building cut"),
    "finding.building-split": (
        "网格边界切开了建筑 {building}:{shares};户数计入 {owner}(依据:{by})。",
        "A grid border cuts building {building}: {shares}; its households count in {owner} (by {by}).",
    ),
    "finding.building-split.bare": ("网格边界切开了建筑,涉及 {codes}。", "A grid border cuts a building ({codes})."),
    "by.declared": ("指定", "declaration"),
    "by.entrance": ("出入口", "entrance"),
    "by.share": ("占地份额最大", "largest share"),
    "rule.building-ambiguous": ("建筑归属不明", "Building in several grids"),
    "finding.building-ambiguous": (
        "建筑 {building}({area_m2:.1f} 平方米)完整位于多个重叠的网格内:{grids};户数计入 {owner}(依据:{by})。",
        "Building {building} ({area_m2:.1f} m²) lies wholly in several grids that overlap: {grids};"
        " its households count in {owner} (by {by}).",
    ),
    "finding.building-ambiguous.bare": (
        "建筑完整位于多个重叠的网格内,涉及 {codes}。",
        "A building lies wholly in several grids that overlap ({codes}).",
    ),
    "rule.building-repeated": ("建筑编号重复", "Building id repeated"),
    "finding.building-repeated": (
        "建筑编号 {building} 出现 {rows} 次(户数:{counts}),只计一次,取最多的一行。",
        "Building id {building} stands in {rows} rows (households: {counts}); it counts once, with the most of them.",
    ),
    "finding.building-repeated.bare": (
        "建筑编号 {codes} 出现多次,户数只计一次。",
        "Building id {codes} stands in several rows; its households count once.",
    ),
    "rule.building-stacked": ("建筑上下重叠", "Buildings over each other"),
    "finding.building-stacked": (
        "建筑 {upper} 与 {lower} 占用同一块地面,共 {area_m2:.1f} 平方米(占 {upper} 的 {share:.0%}),"
        "如塔楼与裙房或重复绘制;请核对户数是否重复计算。",
        "Buildings {upper} and {lower} share {area_m2:.1f} m² of ground ({share:.0%} of {upper}):"
        " a tower over its podium, or one building drawn twice. Check that no household is counted in both.",
    ),
    "finding.building-stacked.bare": (
        "建筑 {codes} 占用同一块地面。",
        "Buildings {codes} share ground.",
    ),
    "rule.tower-over": ("单栋户数超限", "One building over the limit"),
    "finding.tower-over": (
        "建筑 {building} 一栋就有 {households} 户,多于 {high} 户;所在网格 {owner} 无法达标,请说明原因。",
        "Building {building} alone has {households} households, more than {high}: its grid {owner} cannot be within"
        " the limit. State it as the reason.",
    ),
    "finding.tower-over.bare": (
        "一栋建筑的户数就超过网格上限,涉及 {codes}。",
        "One building alone has more households than a grid may have ({codes}).",
    ),
    "rule.staffing": ("人员配备不符", "Staff not as it should be"),
    "finding.staffing": (
        "网格 {codes} 有负责人 {responsible} 名、成员 {members} 名,应为 {wanted} 名和 {least} 至 {most} 名。",
        "Grid {codes} has {responsible} responsible and {members} members; it should have {wanted}, and {least} to"
        " {most}.",
    ),
    "finding.staffing.bare": (
        "网格 {codes} 的人员配备不符合要求。",
        "Grid {codes} has not as many people as it should.",
    ),
    "rule.facility-unassigned": ("设施无网格", "Facility without a grid"),
    "finding.facility-unassigned": (
        "设施 {codes}(类别:{category})不在任何网格内。",
        "Facility {codes} (category: {category}) stands in no grid.",
    ),
    "finding.facility-unassigned.bare": ("设施 {codes} 不在任何网格内。", "Facility {codes} stands in no grid."),
    "rule.facility-missing": ("网格缺少设施", "Grid without a facility"),
    "finding.facility-missing": (
        "网格 {codes} 内没有类别为 {category} 的设施。",
        "Grid {codes} has no facility of the category {category}.",
    ),
    "finding.facility-missing.bare": (
        "网格 {codes} 缺少应有的设施。",
        "Grid {codes} lacks a facility that it should have.",
    ),
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
    "rule.hole": ("内部有洞", "Hole"),
    "finding.hole": (
        "{codes} 内部有洞,共 {area_m2:.1f} 平方米(最宽 {width_m:.2f} 米)。",
        "{codes} has a hole of {area_m2:.1f} m² (up to {width_m:.2f} m wide).",
    ),
    "finding.hole.bare": ("{codes} 内部有洞。", "{codes} has a hole."),
    "rule.multipart": ("不连片", "In several parts"),
    "finding.multipart": (
        "{codes} 分成 {parts} 块,最大一块以外有 {area_m2:.1f} 平方米。",
        "{codes} is in {parts} parts; {area_m2:.1f} m² lie apart from the largest.",
    ),
    "finding.multipart.bare": ("{codes} 不连片。", "{codes} is in several parts."),
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
    "finding.households-high.tower": (
        "网格 {codes} 有 {households} 户,多于 {high} 户;建筑 {tower} 一栋即已超限。",
        "Grid {codes} has {households} households, more than {high}; building {tower} alone is over the limit.",
    ),
    "rule.households-grown": ("户数增长超限", "Grown over the limit"),
    "finding.households-grown": (
        "网格 {codes} 自上次发布以来由 {before} 户增至 {households} 户,超过上限 {high} 户。",
        "Grid {codes} has grown from {before} to {households} households since the last publication, over the"
        " limit of {high}.",
    ),
    "finding.households-grown.bare": (
        "网格 {codes} 自上次发布以来户数增长超限。",
        "Grid {codes} has grown over the limit since the last publication.",
    ),
    "rule.point-repeated": ("重复点", "Repeated points"),
    "finding.point-repeated": (
        "{codes} 的边界有 {count} 处重复点,只保留了一个。",
        "The outline of {codes} had repeated points at {count} places; one of each was kept.",
    ),
    "finding.point-repeated.bare": ("{codes} 的边界有重复点。", "The outline of {codes} had repeated points."),
    "rule.spike": ("尖刺", "Spike"),
    "finding.spike": (
        "{codes} 的边界在 {lon:.7f}, {lat:.7f} 处有 {length_m:.1f} 米的尖刺(夹角 {angle:.2f} 度)。",
        "The outline of {codes} has a spike of {length_m:.1f} m at {lon:.7f}, {lat:.7f} (angle {angle:.2f} degrees).",
    ),
    "finding.spike.bare": ("{codes} 的边界有尖刺。", "The outline of {codes} has a spike."),
    "rule.vertices-many": ("顶点过多", "Too many vertices"),
    "finding.vertices-many": (
        "{codes} 的边界有 {count} 个顶点,多于 {most} 个。",
        "The outline of {codes} has {count} vertices, more than {most}.",
    ),
    "finding.vertices-many.bare": ("{codes} 的边界顶点过多。", "The outline of {codes} has too many vertices."),
    "rule.needle": ("细长条", "Needle"),
    "finding.needle": (
        "网格 {codes} 有一条细长地面,{area_m2:.1f} 平方米,长 {length_m:.1f} 米,宽不足 {least_m:g} 米。",
        "Grid {codes} has a strip narrower than {least_m:g} m: {area_m2:.1f} m², {length_m:.1f} m long.",
    ),
    "finding.needle.bare": ("网格 {codes} 有一条细长地面。", "Grid {codes} has a very narrow strip."),
    "rule.neck": ("细颈", "Neck"),
    "finding.neck": (
        "网格 {codes} 的两部分之间最窄处只有 {width_m:.2f} 米,不足 {least_m:g} 米。",
        "Two parts of grid {codes} hang together by only {width_m:.2f} m, less than {least_m:g} m.",
    ),
    "finding.neck.bare": ("网格 {codes} 的两部分只由细颈相连。", "Two parts of grid {codes} hang together by a neck."),
    "rule.compactness-low": ("形状不紧凑", "Not compact"),
    "finding.compactness-low": (
        "网格 {codes} 的紧凑度为 {value:.3f},低于 {least:g}(圆为 1,正方形为 0.79)。",
        "Grid {codes} has a compactness of {value:.3f}, below {least:g} (a circle has 1, a square 0.79).",
    ),
    "finding.compactness-low.bare": ("网格 {codes} 形状不紧凑。", "Grid {codes} is not compact."),
    "rule.edge-free": ("边界不沿道路河流", "Border along no street or water"),
    "finding.edge-free": (
        "网格 {codes} 的边界只有 {share:.0%} 沿道路或水岸,不足 {least:.0%};其余 {length_m:.0f} 米什么也不沿。",
        "Only {share:.0%} of the border of grid {codes} runs along streets or water, less than {least:.0%};"
        " {length_m:.0f} m follow nothing.",
    ),
    "finding.edge-free.bare": (
        "网格 {codes} 的边界很少沿道路或水岸。",
        "Little of the border of grid {codes} runs along streets or water.",
    ),
    "rule.code-format": ("编码格式不符", "Code of another form"),
    "finding.code-format": (
        "编码 {codes} 不符合规则 {scheme}:应为 {length} 位数字,顺序号从 1 开始。",
        "Code {codes} is not of scheme {scheme}: it should have {length} digits and a number from 1 on.",
    ),
    "finding.code-format.bare": (
        "{codes} 的编码不符合任何已知的编码规则。",
        "The codes of {codes} are of no scheme that is known.",
    ),
    "rule.code-prefix": ("编码前缀不符", "Code of another region"),
    "finding.code-prefix": (
        "编码 {codes} 不属于所在区划,区划部分应为 {prefix}。",
        "Code {codes} is not of the region it lies in: its region's part should be {prefix}.",
    ),
    "finding.code-prefix.bare": ("编码 {codes} 不属于所在区划。", "Code {codes} is not of the region it lies in."),
    "rule.code-duplicate": ("编码重复", "Code given twice"),
    "finding.code-duplicate": (
        "编码 {codes} 被 {count} 个网格同时使用。",
        "Code {codes} is given to {count} grids at once.",
    ),
    "finding.code-duplicate.bare": (
        "编码 {codes} 以前用过,编码永不重复使用。",
        "Code {codes} was given before; a code is never used again.",
    ),
    "rule.code-full": ("顺序号用尽", "No number left"),
    "finding.code-full": (
        "{codes} 的 {most} 个顺序号(规则 {scheme})已用尽,新网格须改用规则 {longer}。",
        "All {most} numbers of {codes} under scheme {scheme} are used; new grids need scheme {longer}.",
    ),
    "finding.code-full.bare": ("{codes} 的顺序号已用尽。", "No number is left for new grids of {codes}."),
    "rule.code-order": ("编码顺序不符", "Codes out of order"),
    "finding.code-order": (
        "{code} 新编的 {count} 个编码不是自西向东、自北向南排列:{codes}。",
        "{count} codes newly given in {code} do not run from west to east, then from north to south: {codes}.",
    ),
    "finding.code-order.bare": (
        "编码 {codes} 不是自西向东、自北向南排列。",
        "Codes {codes} do not run from west to east, then from north to south.",
    ),
}
