"""What is said about the drawing of grids? `draw.reason.<why>` are the ids of `geo.draw.task.Why`."""

DRAWN: dict[str, tuple[str, str]] = {
    "draw.grid": ("第{number}网格", "Grid {number}"),
    "draw.phase.blocks": ("划分街区", "making blocks"),
    "draw.phase.grids": ("划分网格", "making grids"),
    "draw.phase.regions": ("逐个区划", "regions"),
    "draw.region": (
        "{region}:{count} 个网格,{households} 户(每格 {least} 至 {most} 户),得分 {score:.3f}",
        "{region}: {count} grids of {households} households ({least} to {most} each), score {score:.3f}",
    ),
    "draw.more": ("……另有 {count} 个区划", "... and {count} more regions"),
    "draw.moved": (
        "  {count} 户换了网格(无论怎样划分,至少 {least} 户)",
        "  {count} households have another grid than before (at least {least}, whatever is drawn)",
    ),
    "draw.enough": (
        "将以目前最好的方案结束;再按一次立即停止。",
        "Ending with the best so far; once more stops at once.",
    ),
    "draw.reason.number": (
        "无法划分为 {wished} 个网格,现为 {grids} 个。",
        "the ground does not come apart into {wished} grids; it has {grids}.",
    ),
    "draw.reason.tower": (
        "一栋楼的户数已超过上限,单独成格,共 {households} 户。",
        "One building has more households than a grid may have and stands alone: {households} households.",
    ),
    "draw.reason.cannot-divide": (
        "{households} 户无法划分为每格 {least} 至 {most} 户:可为{sizes}。",
        "{households} households cannot be divided into grids of {least} to {most}: {sizes}.",
    ),
    "draw.reason.out-of-range": (
        "有 {households} 户超出每格 {least} 至 {most} 户的范围:楼栋和街区不允许更好的划分。",
        "{households} households are beyond grids of {least} to {most}: buildings and blocks allow no better.",
    ),
    "draw.reason.outside": ("有楼栋在区划之外。", "Buildings stand outside of the region."),
    "draw.sizes.one": ("一个 {sizes} 户的网格", "one grid of {sizes}"),
    "draw.sizes.several": ("{sizes} 户各成一格", "{sizes}"),
    "draw.sizes.and": (" 和 ", " and "),
    "draw.sizes.or": (",或", ", or "),
    "draw.left": ("{region} 未划分:{reason}", "{region} was not drawn: {reason}"),
    "draw.left.ground": ("其边界有误。", "its outline is at fault."),
    "draw.left.noding": ("其地面无法归到坐标格点上。", "its ground cannot be put on the lattice."),
    "draw.left.special": ("其地面全部为专属网格。", "special grids have all of its ground."),
    "draw.left.fixed": (
        "{codes} 保持不变(专属网格,或规则中固定)。",
        "{codes} stay as they are: special grids, or fixed by the rules.",
    ),
    "draw.left.range": (
        "没有改动能使更多网格的户数达标。",
        "no change brings more of its grids into the range.",
    ),
    "draw.left.faulty": (
        "其网格未准确覆盖:请划分整个社区,或先修复。",
        "its grids do not cover it exactly: draw all of it, or repair it first.",
    ),
    "draw.left.apart": ("所选网格彼此不相连。", "the grids that were named do not lie together."),
    "draw.left.early": ("在轮到它之前已结束。", "the drawing was ended before its turn."),
    "draw.left.lost": (
        "负责它的进程意外结束(可能内存不足)。",
        "its process ended before it was done (out of memory?).",
    ),
    "draw.outside": (
        "{count} 栋建筑在社区之外,未计入",
        "{count} buildings stand outside of the community and do not count",
    ),
    "draw.written": ("已写入:{name}", "written: {name}"),
    "draw.border": ("网格边界", "Border of a grid"),
    "draw.boundary": ("区划边界", "Boundary of a region"),
    "draw.picture": (
        "区划 {regions} 个,网格 {grids} 个,{households} 户",
        "regions: {regions}, grids: {grids}, households: {households}",
    ),
}

FILES: dict[str, tuple[str, str]] = {
    "case-no-ground": ("{name} 中没有社区的范围。", "{name} holds no ground of a community."),
    "case-crosses": (
        "{name}:社区边界在 {lon} {lat} 处有误({reason})。",
        "{name}: the community's boundary is at fault at {lon} {lat} ({reason}).",
    ),
    "nothing-to-draw": (
        "{name} 中没有可以划分的区划。",
        "{name} holds no region that grids could be drawn for.",
    ),
}

TEXTS: dict[str, tuple[str, str]] = {**DRAWN, **{f"file.{id_}": pair for id_, pair in FILES.items()}}
