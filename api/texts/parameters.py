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
    "parameter.pair": ("须写作 名称=值,每个名称一次。", "Must be written NAME=VALUE, each name once."),
    "parameter.profile": ("没有以此名保存的读取方式。", "Nothing was kept under this name."),
    "parameter.estimate": (
        "须写作 m2=90,floors=3,share=1(大于 0)或 default。",
        "Must be written m2=90,floors=3,share=1, each above 0, or default.",
    ),
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
    "parameter.more": ("另有 {count} 处错误。", "And {count} more."),
    "warning.axes-swapped": (
        "此处无人管理;经纬度对调后却在已发布的网格内,可能颠倒了。",
        "Nobody owns this point, but with longitude and latitude swapped it lies in a published grid.",
    ),
    "readiness.database": ("数据库没有应答。", "The database does not answer."),
    "readiness.publication": ("尚未发布任何内容。", "Nothing is published yet."),
    "readiness.live": ("已发布的地图尚未载入。", "The published map is not loaded yet."),
}
