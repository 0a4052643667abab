"""Why is an edit of a plan refused, and what would make it legal? `edit.<id>`, the ids of `geo.redraw`."""

TEXTS: dict[str, tuple[str, str]] = {
    "edit.nothing-changes": (
        "此操作不改变任何内容。请核对所画的线或所给的值。",
        "It changes nothing. Check the line that was drawn, or the value that was given.",
    ),
    "edit.not-exact": (
        "之后 {codes} 的网格将不再恰好覆盖区划。请使所画的线的端点落在已有边界上。",
        "The grids of {codes} would no longer cover it exactly. Let drawn lines end on borders that are there.",
    ),
    "edit.grid-missing": (
        "方案中没有网格 {code}。请使用方案现有的编码(GET 方案,f=geojson)。",
        "There is no grid {code} in the plan. Name one that it has now (GET the plan with f=geojson).",
    ),
    "edit.codes-too-many": (
        "只会产生 {count} 个新网格,却给了 {stated} 个编码。请去掉多余的编码。",
        "There will be {count} new grids, and {stated} codes were given. Leave out those that are too many.",
    ),
    "edit.code-malformed": (
        "编码 {code} 不符合规则 {scheme}(长度 {length},前缀“{prefix}”;0 和空表示不限)。请换用合规的编码。",
        "Code {code} does not follow the scheme {scheme} (length {length}, prefix '{prefix}'; 0 and empty mean any). "
        "Give one that does.",
    ),
    "edit.code-taken": (
        "编码 {code} 已被使用过;编码不得重复使用。请换用新编码,或不填,由服务给出。",
        "Code {code} was given before, and a code is never used again. Give a new one, or none and get the next free.",
    ),
    "edit.code-needed": (
        "区划 {region} 中规则 {scheme} 的编码无法自动编号。请在 codes 中给出编码。",
        "Codes of the scheme {scheme} cannot be numbered by themselves in {region}. State them in `codes`.",
    ),
    "edit.sequence-full": (
        "区划 {region} 中规则 {scheme} 的顺序号已用完。请改用更长的规则 {longer}。",
        "The sequence of the scheme {scheme} in {region} is full. Take a longer one: {longer}.",
    ),
    "edit.building-cut": (
        "新边界穿过 {count} 栋建筑(其一为 {building})。"
        "请按 features 中的绕行线(detour)重画,或确属有意时写明 cut=true。",
        "A new border cuts {count} buildings, {building} among them. Draw it along the detours in features, or say "
        "cut=true where it is meant.",
    ),
    "edit.grid-collapses": (
        "网格 {codes} 将不再有地面。请少移动一些,或改用合并。",
        "No ground would be left of grid {codes}. Move less of it, or merge it.",
    ),
    "edit.grids-missing": ("没有给出网格。请至少画一个网格。", "No grid is given. Draw one at least."),
    "edit.grids-too-few": ("须为两个不同的网格。", "Two grids are needed that are not the same."),
    "edit.grids-too-many": (
        "给出了 {count} 个网格,最多 {most} 个。请分批进行。",
        "{count} grids are given, {most} at most. Draw some of them at a time.",
    ),
    "edit.ground-collapses": (
        "所画的地面过窄,归到坐标格点后不复存在。请画大一些。",
        "The drawn ground is so narrow that nothing is left of it on the lattice. Draw it larger.",
    ),
    "edit.into-not-merged": (
        "into 指明的 {code} 不在要合并的网格之中。请指明其中之一。",
        "`into` names {code}, which is not among the grids to be merged. Name one of them.",
    ),
    "edit.line-not-finite": ("坐标须为有限的数字。", "Coordinates must be finite numbers."),
    "edit.line-out-of-range": (
        "经度 {lon}、纬度 {lat} 超出范围。请核对坐标系和经纬度次序。",
        "Longitude {lon}, latitude {lat} is out of range. Check datum and axes.",
    ),
    "edit.line-too-long": (
        "线有 {vertices} 个顶点,最多 {most} 个。请简化后再画。",
        "The line has {vertices} vertices, {most} at most. Draw it simpler.",
    ),
    "edit.line-too-wide": (
        "所画的形状宽度或高度超过 {most} 度。请核对坐标,并在方案范围内画。",
        "What is drawn is wider or higher than {most} degrees. Check its coordinates, and draw it about the plan.",
    ),
    "edit.line-too-short": (
        "所画的线没有长度。请画出不同的两点。",
        "The line has no length. Draw it between two places that differ.",
    ),
    "edit.line-misses-grid": (
        "所画的线没有经过网格 {code}。请使其穿过该网格。",
        "The line does not meet grid {code}. Lead it through.",
    ),
    "edit.line-does-not-divide": (
        "所画的线没有把网格 {code} 分开。请使其两端都到达边界。",
        "The line does not divide grid {code}. Let both of its ends reach the border.",
    ),
    "edit.block-missing": (
        "方案没有保存街区 {block}。请使用 GET …/blocks 列出的编号。",
        "The plan has no block {block}. Name those that GET .../blocks lists.",
    ),
    "edit.ground-misses-grid": (
        "网格 {code} 不含 features 中的地面。请选择该网格内的地面或街区。",
        "Grid {code} has nothing of the ground in features. Choose ground or blocks that lie in it.",
    ),
    "edit.ground-does-not-divide": (
        "所选地面就是整个网格 {code}。请留下一部分。",
        "The ground is the whole grid {code}. Leave some of it.",
    ),
    "edit.ground-apart": (
        "所选地面在网格 {code} 内不连成一片。请选择相连的街区,或分几次划出。",
        "The ground lies in grid {code} in several parts. Choose blocks that lie together, or split several times.",
    ),
    "edit.ground-leaves-parts": (
        "网格 {code} 的其余地面将被分成几块。请多选或少选一些,使其余部分连成一片。",
        "The rest of grid {code} would lie in several parts. Choose more or less, so that it lies together.",
    ),
    "edit.ground-leaves-hole": (
        "网格 {code} 的一部分将被另一部分包围。请选择与边界相接的地面。",
        "One part of grid {code} would lie inside the other. Choose ground that reaches its border.",
    ),
    "edit.line-misses-border": (
        "所画的线没有经过两个网格的公共边界。请使其两端都落在该边界上。",
        "The line meets no border that two grids share. Let both of its ends lie on one.",
    ),
    "edit.line-does-not-return": (
        "所画的线没有两次到达同一段公共边界。请使其从该边界出发再回到该边界。",
        "The line does not meet one shared border twice. Let it begin and end on the same border.",
    ),
    "edit.several-grids": (
        "所画的线可能指多对网格:{codes}。请在 grids 中指明两个。",
        "The line could mean several pairs of grids: {codes}. Name the two in `grids`.",
    ),
    "edit.several-regions": (
        "网格分属不同的区划 {codes},不能合并。请在同一区划内选择;跨区划请用 assign 移动地面。",
        "The grids divide different regions, {codes}, and cannot be merged. Choose grids of one region; ground goes "
        "across with `assign`.",
    ),
    "edit.not-neighbours": (
        "网格 {codes} 不相邻。请选择有公共边界的网格。",
        "Grids {codes} have no border in common. Choose such that have.",
    ),
    "edit.node-missing": (
        "{snap_m} 米内没有边界节点,最近的见 features。请选准节点,或放宽 snap_m。",
        "There is no node of a border within {snap_m} m; features show the nearest. Point at it, or widen snap_m.",
    ),
    "edit.edge-missing": (
        "{snap_m} 米内 from 没有沿着任何边界。请沿现有边界画 from,或放宽 snap_m。",
        "`from` follows no border within {snap_m} m. Draw it along one that is there, or widen snap_m.",
    ),
    "edit.nodes-meet": (
        "两个节点将重合。请移到没有节点的地方。",
        "Two nodes would come to lie at one place. Move it to where no node is.",
    ),
    "edit.not-settled": (
        "边界彼此贴得过近,节点无法对齐。请使其离开其他边界远一些,或与之重合。",
        "Borders would run so close along each other that their nodes cannot be matched. Keep further away, or lie on "
        "the other.",
    ),
    "edit.not-a-gap": (
        "经度 {lon}、纬度 {lat} 处不是空隙。请指向无人管理的地面(见 findings)。",
        "Longitude {lon}, latitude {lat} lies in no gap. Point at ground that nobody owns; see the findings.",
    ),
    "edit.outer-boundary": (
        "这里是方案外围的边界,属于 {codes},不能单独移动。请把相邻区划一并纳入方案,或使用边界调整令(order)。",
        "The border here is the outline of {codes}, with ground outside the plan. Open a plan with the neighbour too, "
        "or take an `order`.",
    ),
    "edit.region-missing": (
        "方案中没有区划 {code}。请使用方案中的区划编码。",
        "There is no region {code} in the plan. Name one of its regions.",
    ),
    "edit.region-swallowed": (
        "区划 {code} 将不再有地面。请少给出一些地面。",
        "No ground would be left of the region {code}. Give less of it away.",
    ),
    "edit.ring-crosses": (
        "轮廓将自相交,位置见 features。请避开该处。",
        "An outline would cross itself; features show where. Keep clear of that place.",
    ),
    "edit.snap-out-of-range": (
        "snap_m 须在 0 到 {most} 米之间。",
        "snap_m must be from 0 to {most} m.",
    ),
    "edit.order-needs-region": (
        "边界调整令使 {code} 中间的地面无所归属。请把得到这块地面的区划一并纳入方案。",
        "The order would leave ground in the midst of {code} to nobody. Open a plan with the region that gets it too.",
    ),
    "repair.moot": ("已无须修复。", "There is nothing left to heal."),
    "repair.worse": ("修复会使别处变差,未采用。", "It would make another place worse, and was not made."),
    "repair.refused": ("无法进行({reason})。", "It cannot be made ({reason})."),
    "edit.edit-op-unknown": ("没有名为 {op} 的编辑。", "There is no edit called {op}."),
    "edit.edit-member-missing": ("缺少成员 {member}。", "The member {member} is missing."),
    "edit.edit-one-of": ("{members} 须恰好给出一个。", "Exactly one of {members} is wanted."),
    "edit.edit-member-unknown": ("没有名为 {member} 的成员。", "There is no member called {member} here."),
    "edit.edit-wrong-type": ("类型有误,须为 {wanted}。", "Is of the wrong type; wanted is a {wanted}."),
    "edit.edit-text-too-long": ("最多 {most} 个字符。", "At most {most} characters."),
    "edit.edit-text-malformed": (
        "文字为空、首尾有空格或含有控制字符。",
        "Text is empty, has spaces around it or holds control characters.",
    ),
    "edit.edit-not-finite": ("须为有限的数字。", "Must be a finite number."),
    "edit.edit-list-size": (
        "有 {count} 项,须为 {least} 到 {most} 项。",
        "Has {count} entries; there must be {least} to {most}.",
    ),
    "edit.edit-kind-unknown": (
        "没有类别 {kind}。可用:residential、special、rural。",
        "There is no kind {kind}; residential, special and rural are known.",
    ),
    "edit.edit-out-of-range": (
        "经度 {lon}、纬度 {lat} 超出范围。请核对坐标系和经纬度次序。",
        "Longitude {lon}, latitude {lat} is out of range. Check datum and axes.",
    ),
    "edit.edit-snap-out-of-range": ("须在 0 到 {most} 米之间。", "Must be from 0 to {most} m."),
    "edit.edit-vertices-too-many": (
        "形状有 {vertices} 个顶点,最多 {most} 个。",
        "The shape has {vertices} vertices, {most} at most.",
    ),
    "edit.edit-geometry-short": ("至少须有 {least} 个位置。", "There must be {least} positions at least."),
}
