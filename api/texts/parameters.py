"""What is wrong with one parameter, header or member of a body? The `detail` of each entry of a problem's `errors`."""

TEXTS: dict[str, tuple[str, str]] = {
    "parameter.required": ("必须提供。", "Is required."),
    "parameter.unknown": ("没有这个参数。可用:{known}。", "There is no such parameter. Known here: {known}."),
    "parameter.repeated": ("只能出现一次。", "May be given only once."),
    "parameter.number": (
        "须为 JSON 写法的数字,如 104.05 或 1e2,不含空格和下划线。",
        "Must be a number as JSON writes it, such as 104.05 or 1e2; no spaces, no underscores.",
    ),
    "parameter.integer": ("须为整数,如 42。", "Must be a whole number, such as 42."),
    "parameter.flag": ("须为 true 或 false。", "Must be true or false."),
    "parameter.not-below": ("不得小于 {low}。", "Must not be below {low}."),
    "parameter.not-above": ("不得大于 {high}。", "Must not be above {high}."),
    "parameter.range": ("须在 {low} 到 {high} 之间。", "Must be from {low} to {high}."),
    "parameter.span": (
        "须写作 300..500、300..、..500 或 300,先小后大。",
        "Must be written 300..500, 300.., ..500 or 300, the smaller first.",
    ),
    "parameter.bbox": (
        "须为四个数字:西,南,东,北(经度、纬度),西不大于东,南不大于北。",
        "Must be four numbers, west,south,east,north in degrees; west not past east, south not past north.",
    ),
    "parameter.choice": ("须为下列之一:{allowed}。", "Must be one of: {allowed}."),
    "parameter.datum": (
        "须为 wgs84、cgcs2000、gcj02、bd09 或如 EPSG:4544 的代码。",
        "Must be wgs84, cgcs2000, gcj02, bd09 or a code such as EPSG:4544.",
    ),
    "parameter.instant": (
        "须为日期(如 2026-03-01)或带时差的时刻(如 2026-03-01T08:00:00+08:00,在网址中 + 写作 %2B)。",
        "Must be a date such as 2026-03-01, or an instant with its offset such as 2026-03-01T08:00:00+08:00"
        " (in an address + is written %2B).",
    ),
    "parameter.against": (
        "须为 base、publication:<号> 或 plan:<编号>。",
        "Must be base, publication:<number> or plan:<id>.",
    ),
    "parameter.pair": ("须写作 名称=值,每个名称一次。", "Must be written NAME=VALUE, each name once."),
    "parameter.profile": ("没有以此名保存的读取方式。", "Nothing was kept under this name."),
    "parameter.estimate": (
        "须写作 m2=90,floors=3,share=1(大于 0)或 default。",
        "Must be written m2=90,floors=3,share=1, each above 0, or default.",
    ),
    "parameter.publication": ("须为 current 或一个号码,如 12。", "Must be current, or a number such as 12."),
    "parameter.text": ("文字为空、过长或含有控制字符。", "Text is empty, too long or holds control characters."),
    "parameter.unfit": ("无法按要求读取该值。", "The value cannot be read as what is expected here."),
    "parameter.extra": ("没有这个成员。", "There is no such member."),
    "parameter.json": ("不是有效的 JSON。", "Is not valid JSON."),
    "parameter.idempotency-key": (
        "须为 1 到 255 个可见 ASCII 字符,且只出现一次。",
        "Must be 1 to 255 visible ASCII characters, given once.",
    ),
    "parameter.if-match": (
        '须为答复中 ETag 的强标签,如 "5";不接受 * 和以 W/ 开头的弱标签。',
        'Must be the strong tag that an answer gave as ETag, such as "5"; not * and not a weak tag (W/).',
    ),
    "parameter.region-not-drawn": ("方案不划分这个区划。", "The plan does not draw this region."),
    "parameter.communities-many": (
        "一次最多划分 {most} 个社区:请列出。",
        "At most {most} communities are drawn at once: name them.",
    ),
    "parameter.of-one-community": (
        "只能用于一个社区,或同一社区的网格。",
        "Stands only with one community, or with grids of one.",
    ),
    "parameter.of-whole-communities": (
        "不能与 blocks: only 同时使用:街区总是整个社区的。",
        "Does not go with `blocks: only`: blocks are made of whole communities.",
    ),
    "parameter.take": ("此任务不能提前取得结果。", "This job has nothing until it has all."),
    "parameter.not-with-sizes": ("不能与 sizes 同时使用。", "Does not go with sizes."),
    "parameter.points": ("须为 [[x, y], ...] 的数字对。", "Must be pairs of numbers, [[x, y], ...]."),
    "parameter.more": ("另有 {count} 处错误。", "And {count} more."),
    "warning.the-map": ("已发布的地图", "the published map"),
    "warning.not-yet": (
        "所问时刻尚未到来:按当前生效的地图回答。",
        "That instant has not come yet: told is the map in force now.",
    ),
    "warning.expect-unknown": (
        "地图上没有区划 {region}:无从核对此点是否在其内。",
        "There is no region {region} on the map: whether the point is in it could not be checked.",
    ),
    "convert.unofficial": (
        "{datum} 的公式并非官方公布,一般认为误差 1-5 米;按同一公式反算是精确的。",
        "The formula of {datum} is unofficial and believed good to 1-5 m; the way back is exact by the same formula.",
    ),
    "convert.entrances": (
        "properties 未作换算,其中 {count} 个要素带有 entrance。",
        "Properties are passed on unconverted; {count} features have an entrance among them.",
    ),
    "warning.expect-shifted": (
        "此点不在 {region} 内;若坐标实为 {meant} 而非 {given},则在其内(相距 {metres} 米)。请核对坐标系;未作改动。",
        "The point is not in {region}; it would be if its numbers were {meant} and not {given} ({metres} m away). "
        "Check the datum; nothing was corrected.",
    ),
    "warning.expect-converted-twice": (
        "此点不在 {region} 内;若 {meant} 换算多做了一次(所述为 {given}),则在其内(相距 {metres} 米)。请核对;未作改动。",
        "The point is not in {region}; it would be if a conversion of {meant} had been made once too often before "
        "it was stated as {given} ({metres} m away). Nothing was corrected.",
    ),
    "warning.expect-swapped": (
        "此点不在 {region} 内;两个坐标对调后(仍按 {given})则在其内,可能颠倒了。未作改动。",
        "The point is not in {region}; with its two numbers swapped (as {given}) it would be. Nothing was corrected.",
    ),
    "warning.not-in-expected": (
        "此点(按 {given})不在 {region} 内,按已知的坐标系差错也解释不通。",
        "The point (as {given}) is not in {region}, and no known mistake of datum or axes would explain it.",
    ),
    "warning.boundary-order-pending": (
        "{region} 或其邻区的边界已有待生效的界线决定（{numbers}）；在新网格发布之前仍按现行地图回答。",
        "Another boundary of or next to {region} was ordered ({numbers}); until its grids are published the present "
        "map answers.",
    ),
    "warning.declared-elsewhere": (
        "该建筑登记了另一个网格，但并不位于其中；以实际位置为准，请核实。",
        "The building was declared for another grid but does not stand in it; where it stands counts. Please check.",
    ),
    "readiness.database": ("数据库没有应答。", "The database does not answer."),
    "readiness.publication": ("尚未发布任何内容。", "Nothing is published yet."),
    "readiness.live": ("已发布的地图尚未载入。", "The published map is not loaded yet."),
}
