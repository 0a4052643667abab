"""What does each rule mean, and what helps? `rule.*.about` says it; `limit.*` names what a city can set, `wish.*`
how it can have grids drawn."""

TEXTS: dict[str, tuple[str, str]] = {
    "rule.ring-invalid.about": (
        "边界线自己与自己相交,或几个部分互相压盖,因此说不清哪里在内、哪里在外。请在标出的交点处把边界点的次序或位置改"
        "正;系统不会自行改动。首尾没有闭合的边界会自动闭合,不在此列。",
        "The outline crosses itself, or its parts lie on one another, so nobody can say what is inside. Put the "
        "vertices at the marked crossing in the right order or place; nothing is mended silently. A ring that is "
        "only not closed is closed as it is read and not told.",
    ),
    "rule.point-repeated.about": (
        "边界上相邻的两个点落在同一位置(约 1 厘米之内),读入时合并为一个。无须处理;若数量很多,说明来源数据精度过细或有"
        "误。",
        "Two vertices in a row fall on one place (within about 1 cm) and are read as one. Nothing need be done; many "
        "of them are a sign of a faulty or overly fine source.",
    ),
    "rule.spike.about": (
        "边界伸出去又沿几乎同一条线折回来,形成一根尖刺,几乎不占地面,多半是数字化时的误点。请删去尖端那个点;若两格共用"
        "此处边界,两边都要删。",
        "The outline runs out and comes back along almost the same line. Such a spike owns next to no ground and is "
        "nearly always a slip in digitising. Take its tip out, on both sides where two grids share the border.",
    ),
    "rule.vertices-many.about": (
        "边界的点数多到画图、核对都变慢,通常是原样描了河岸或由栅格转来。请先简化边界,再与相邻网格一起更新。",
        "The outline has so many vertices that drawing and checking it become slow; mostly a river bank was traced "
        "or a raster converted. Simplify the border, together with the neighbours that share it.",
    ),
    "rule.hole.about": (
        "网格或区划的中间有洞。洞里正好是别的网格、别的区划或水面时只作提醒;否则洞里的地面无人管理,必须划给一个网格。",
        "There is a hole in a grid or region. Where other grids, another region or water fill it, this is only a "
        "reminder; otherwise nobody answers for the ground in it, and it must be given to a grid.",
    ),
    "rule.multipart.about": (
        "网格或区划分成互不相连的几块。区划确有飞地的,请标明飞地(enclave);网格的每一块都在区划的不同部分时只作提醒,同"
        "一部分里有两块的,必须合并或另立网格。",
        "A grid or region lies in several pieces. A region that truly has an exclave should be declared so "
        "(`enclave`). A grid with each piece in another part of its region is only a reminder; with two pieces in "
        "one part, join them or make a second grid.",
    ),
    "rule.outside-parent.about": (
        "下级区划有地面在上级载入的边界之外。发布的上级边界由下级合并而成,所以不妨碍发布;请核对哪一条界线是对的,再更"
        "正另一条。",
        "Ground of the regions below lies outside the outline that came with their parent. The parent's published "
        "outline is derived from what is below it, so nothing is held up; find out which of the two lines is right "
        "and correct the other.",
    ),
    "rule.gap.about": (
        "社区边界之内有地面不属于任何网格:里面缺一块、边上缺一条,或整格没有画。请把它划给相邻的网格;只有几厘米宽的缝,"
        "导入时用 --snap 即可吻合。",
        "Ground inside the boundary belongs to no grid: a piece within, a strip at the edge, or a whole grid that "
        "was not drawn. Give it to a grid beside it; gaps some centimetres wide are closed by importing with "
        "`--snap`.",
    ),
    "rule.overlap.about": (
        "同一块地面同时属于两个网格,或两个社区。请定下由谁管理,把另一方的边界收回来;只有几厘米的压盖,导入时用 --snap "
        "即可吻合。",
        "Two grids, or two communities, claim the same ground. Decide who answers for it and draw the other one "
        "back; overlaps of some centimetres are closed by importing with `--snap`.",
    ),
    "rule.duplicate.about": (
        "两个不同编码的网格是完全相同的一块地面,多半是重复导入。请删去其中一个。",
        "Two grids of different codes are exactly the same ground, mostly because something was imported twice. Take "
        "one of them out.",
    ),
    "rule.spill.about": (
        "网格伸到了所划分社区的边界之外。请把网格的边界收回到社区边界;如果是社区边界有误,先更正社区边界。",
        "A grid reaches beyond the boundary of the community it divides. Draw it back to that boundary, or correct "
        "the boundary first where that is what is wrong.",
    ),
    "rule.node-unmatched.about": (
        "两格共用的边界上,一边有一个点,另一边没有。眼下不少一寸地,但一旦取整或移动,就会裂出细缝。请在另一边补上同一个"
        "点,导入时用 --snap 会自动补上。",
        "On a shared border one side has a vertex that the other lacks. No ground is lost yet, but rounding or "
        "moving it opens a crack. Put the same vertex on the other side; importing with `--snap` does it.",
    ),
    "rule.sliver.about": (
        "空白或重叠又窄又小,看来不是有意画出的,而是两边描线不一。它另外也按空白或重叠列出;导入时用 --snap 一般即可消"
        "除。",
        "A gap or overlap so narrow and small that nobody can have meant it: the border was traced twice. It is also "
        "told as the gap or overlap it is; importing with `--snap` mostly removes it.",
    ),
    "rule.unassigned.about": (
        "上级区划的边界之内有地面不属于任何下级区划,如街道里不归任何社区的道路、绿地。请划入某个下级,或把这块公共地面"
        "单独立为一个可划分网格的区划。",
        "Inside the outline of a parent some ground lies in no region below it, such as a street's own roads and "
        "greens. Give it to one of them, or make that common ground a region of its own that grids divide.",
    ),
    "rule.building-unassigned.about": (
        "建筑不在任何网格之内;有住户的必须解决,否则这些户无人服务。请核对建筑的位置,或让网格覆盖到它。",
        "A building stands in no grid. With households in it this must be settled, for nobody would serve them. "
        "Check where it stands, or let a grid cover it.",
    ),
    "rule.building-ambiguous.about": (
        "建筑整个落在互相重叠的几个网格里,只在暂行的地图上出现。请先解决重叠,归属随之确定。",
        "A building lies wholly in several grids that overlap, as only provisional maps have them. Settle the "
        "overlap, and its owner follows.",
    ),
    "rule.building-split.about": (
        "网格边界从建筑中间穿过。户数只计入一个网格,依次看登记的网格、入口所在的网格、占地最大的网格。请让边界沿道路"
        "或楼间空地走,或登记它属于哪个网格。",
        "A border runs through a building. Its households count in one grid only: the declared one, else that of its "
        "entrance, else the one with the largest share. Lead the border along a road or between buildings, or "
        "declare the owner.",
    ),
    "rule.building-repeated.about": (
        "同一个建筑编号出现在几行里,户数只计一次。请合并这些行;若是不同的楼,给每一栋自己的编号。",
        "One building id stands in several rows; its households are counted once. Merge the rows, or give each "
        "building an id of its own.",
    ),
    "rule.building-stacked.about": (
        "两栋楼的轮廓上下相叠,如裙房上的塔楼。户数照各自登记计算;请确认同一批住户没有在裙房和塔楼各计一遍。",
        "The footprints of two buildings lie on one another, as a tower on its podium. Each counts as it is "
        "recorded; make sure that the same households are not recorded with both.",
    ),
    "rule.facility-unassigned.about": (
        "设施不在任何网格之内。请核对它的位置和坐标系,或让网格覆盖到它。",
        "A facility stands in no grid. Check its place and datum, or let a grid cover it.",
    ),
    "rule.facility-missing.about": (
        "按规定这一类网格应有某种设施,而这个网格里没有。要求哪些设施由规则设置的 facilities 决定,没有设置就不检查。请"
        "核对设施清单,或作为补点的依据。",
        "A grid has no facility of a category that grids of its kind should have. Which ones is set as `facilities`; "
        "where nothing is set, nothing is asked for. Check the list of facilities, or plan a new one.",
    ),
    "rule.staffing.about": (
        "每个网格应有一名负责人和两到三名成员。兼职人员、单位和按条线负责的 B 岗不计在内;同一人登记几次只算一次。只在已"
        "录入人员的区划中检查,以检查之时在岗的人员为准。请补录人员或调整分工。",
        "A grid should have one person who is responsible and two or three members. Part-time members, organisations "
        "and B posts do not count; somebody who is bound twice counts once. Asked only in regions that people were "
        "named for, of those whose dates hold at the time of the check. Name people, or share the work anew.",
    ),
    "rule.households-low.about": (
        "网格的户数少于下限。请与相邻网格合并或重新分割;社区只有一个网格的,户数少也不提示。",
        "A grid has fewer households than the least. Join it with a neighbour or divide the community anew. The only "
        "grid of a small community is accepted as it is.",
    ),
    "rule.households-high.about": (
        "网格的户数超过上限,一名网格长照应不过来。请分成两个网格,或把边上的建筑划给相邻网格。",
        "A grid has more households than the most, too many for one responsible person. Split it, or give buildings "
        "at its edge to a neighbour.",
    ),
    "rule.households-grown.about": (
        "上次发布时户数还在上限之内,现在超过了,多半是新楼盘入住。请安排分格;在此之前户数偏多的提示会一直保留。",
        "At the last publication the grid was within the most and now it is above, mostly because a new estate "
        "filled up. Plan a split; until then it is told as too large as well.",
    ),
    "rule.tower-over.about": (
        "单单一栋楼的户数就超过一个网格的上限,不切开建筑就无法达标。请接受这个网格偏大并写明原因。",
        "One building alone has more households than a grid may have, so no border can bring its grid within the "
        "rule. Accept the size of that grid and say why.",
    ),
    "rule.needle.about": (
        "网格有一条又长又窄的地面,窄到不成其为辖区,往往是为了凑户数硬拉出来的。请把这一条划给它旁边的网格。",
        "A grid has a long strip too narrow to be looked after, often drawn to reach some buildings. Give the strip "
        "to the grid beside it.",
    ),
    "rule.neck.about": (
        "网格的两大块之间只靠一处细颈相连,巡查要绕行。请加宽细颈,或在此处分成两个网格。",
        "Two large parts of a grid hang together by a narrow neck only, so rounds lead through elsewhere. Widen the "
        "neck, or split the grid there.",
    ),
    "rule.compactness-low.about": (
        "网格形状狭长或曲折,不够紧凑(4π×面积÷周长²,圆为 1)。沿河、沿路的网格难免如此;其他的可与相邻网格调整边界。",
        "A grid is long or winding instead of compact (4 pi x area / perimeter^2, a circle has 1). Along a river or "
        "road that cannot be helped; elsewhere redraw the border with its neighbours.",
    ),
    "rule.edge-free.about": (
        "网格边界大多不沿道路、河流、铁路或围墙,实地难以辨认。请把边界移到最近的道路或河流上;附近没有载入线路的地方不"
        "检查。",
        "Most of a grid's border follows no road, river, railway or wall, so nobody can see it on the ground. Move "
        "it onto the nearest one; where no lines are loaded nearby, nothing is said.",
    ),
    "rule.code-format.about": (
        "编码不符合所设的编码方案(位数、只用数字)。请按方案改码;不采用统一编码的,把方案设为 free。",
        "A code is not of the scheme that is set (its length, digits only). Give it a code of the scheme, or set the "
        "scheme `free` where any unique text will do.",
    ),
    "rule.code-prefix.about": (
        "编码没有以所属社区(或上级区划)的编码开头。请改码,或核对网格是否挂在了正确的社区下。",
        "A code does not begin with that of its community (or of the region above). Give it another, or check "
        "whether the grid divides the right community.",
    ),
    "rule.code-duplicate.about": (
        "两个网格用了同一个编码,或用了以前发过、已停用的编码。编码永不重复使用;请换一个新的顺序号。",
        "Two grids have one code, or a code was given before and has been retired. Codes are never used again; take "
        "the next free number.",
    ),
    "rule.code-full.about": (
        "社区的顺序号已经用完,包括停用的编码在内。请改用位数更长的编码方案。",
        "The community's sequence has no number left, retired codes included. Change to the longer scheme.",
    ),
    "rule.code-order.about": (
        "同一批新发的编码没有按由西到东、再由北到南的次序排列。只作说明:以后的拆分、合并总会打乱次序。",
        "Codes given together do not run from west to east and then from north to south. A note only: later splits "
        "and merges break the order anyway.",
    ),
    "limit.households_least": ("户数下限", "fewest households of a grid"),
    "limit.households_most": ("户数上限", "most households of a grid"),
    "limit.tower_most": ("单栋楼户数上限", "most households of one building"),
    "limit.staff_responsible": ("负责人数", "people responsible for a grid, exactly"),
    "limit.staff_members_least": ("成员人数下限", "fewest members of a grid"),
    "limit.staff_members_most": ("成员人数上限", "most members of a grid"),
    "limit.stacked_m2": ("建筑相叠的面积,超过才提示", "ground that two buildings share, told above it"),
    "limit.sliver_width_m": ("狭缝的最大宽度", "greatest width of a sliver"),
    "limit.sliver_area_m2": ("狭缝的最大面积", "greatest area of a sliver"),
    "limit.vertices_most": ("边界点数上限", "most vertices of an outline"),
    "limit.spike_angle_deg": ("尖刺的夹角,小于才提示", "angle of a spike, told below it"),
    "limit.spike_length_m": ("尖刺的长度,超过才提示", "length of a spike, told above it"),
    "limit.needle_width_m": ("细长条的宽度,小于才提示", "width of a needle, told below it"),
    "limit.needle_area_m2": ("细长条的面积,超过才提示", "area of a needle, told above it"),
    "limit.neck_width_m": ("细颈的宽度,小于才提示", "width of a neck, told below it"),
    "limit.neck_area_m2": ("细颈两侧各部分的面积,超过才提示", "area of each part at a neck, told above it"),
    "limit.compactness_least": ("紧凑度下限", "least compactness"),
    "limit.follow_distance_m": ("离道路或河流多近算沿线", "how near a road or river counts as following it"),
    "limit.follow_share_least": ("沿道路或河流的边界比例下限", "least share of the border that follows one"),
    "limit.facilities": ("必须有的设施类别", "categories of facilities that a grid must have"),
    "wish.weights.balance": ("各格户数均衡的权重", "weight of grids with equally many households"),
    "wish.weights.shape": ("形状紧凑的权重", "weight of compact shapes"),
    "wish.weights.streets": ("边界沿道路河流的权重", "weight of borders along streets and water"),
    "wish.weights.barriers": ("不跨河流、铁路等屏障的权重", "weight of barriers that no grid lies on both sides of"),
    "wish.weights.compounds": (
        "小区、村民小组不拆分的权重;乡村未设时为 0.3",
        "weight of estates and village groups kept whole; 0.3 in rural regions where nothing is stated",
    ),
    "wish.barriers": ("算作屏障的线路类别", "classes of lines that are barriers"),
    "wish.fixed": ("保持原样、不重新划分的网格编码", "codes of grids that stay exactly as they are"),
    "wish.rural": (
        "是否划为乡村网格并按乡村限值;未设时看现有网格",
        "whether drawn grids are rural and have the limits of rural ones; where nothing is stated, as those there are",
    ),
    "unit.households": ("户", "households"),
    "unit.people": ("人", "people"),
    "unit.m": ("米", "m"),
    "unit.m2": ("平方米", "m2"),
    "unit.deg": ("度", "degrees"),
    "unit.vertices": ("个点", "vertices"),
    "unit.share": ("比例(0-1)", "share (0-1)"),
    "kind.residential": ("居住网格", "residential"),
    "kind.rural": ("乡村网格", "rural"),
    "kind.special": ("专属网格", "special"),
    "family.rings": ("边界线", "Rings"),
    "family.coverage": ("覆盖", "Coverage"),
    "family.dwellings": ("建筑与设施", "Dwellings and facilities"),
    "family.size": ("规模", "Size"),
    "family.shape": ("形状", "Shape"),
    "family.codes": ("编码", "Codes"),
    "file.ruleset-not-json": ("规则设置不是有效的 JSON。", "The limits are not valid JSON."),
    "file.ruleset-too-large": ("规则设置超过 {limit} 个字符。", "The limits have more than {limit} characters."),
    "file.ruleset-not-an-object": ("{member} 应是一个对象。", "{member} should be an object."),
    "file.ruleset-unknown-name": (
        "{member}:没有这个名称。可用的有:{known}。",
        "{member}: there is no such name. There are: {known}.",
    ),
    "file.ruleset-name-twice": ("{member} 写了两次。", "{member} stands there twice."),
    "file.ruleset-not-a-number": ("{member} 应是数值或 null。", "{member} should be a number or null."),
    "file.ruleset-out-of-range": (
        "{member} 应在 {least} 与 {most} 之间。",
        "{member} should lie between {least} and {most}.",
    ),
    "file.ruleset-not-whole": ("{member} 应是整数。", "{member} should be a whole number."),
    "file.ruleset-crossed": ("{member}:下限大于上限。", "{member}: the least is above the most."),
    "file.ruleset-not-a-flag": ("{member} 应是 true 或 false。", "{member} should be true or false."),
    "file.ruleset-not-a-list": ("{member} 应是一个列表。", "{member} should be a list."),
    "file.ruleset-not-a-text": (
        "{member} 应是不超过 {limit} 个字符的文字。",
        "{member} should be a text of at most {limit} characters.",
    ),
    "file.ruleset-too-many": ("{member} 超过 {limit} 项。", "{member} has more than {limit} entries."),
    "file.ruleset-region-unknown": (
        "规则设置提到的区划不存在:{codes}。",
        "The limits name regions that are not there: {codes}.",
    ),
}
