"""What is worth knowing about the rows of an import? Ids are those of `geo.store.notes`."""

TEXTS: dict[str, tuple[str, str]] = {
    "note.building-in-parts": (
        "建筑 {building} 由 {parts} 行拼成(地图在图幅边界切开);按 {households} 户计一次,各行户数有 {counts} 种。",
        "Building {building} was put together from {parts} rows (maps cut buildings at the edges of tiles); its "
        "{households} households count once, the rows had {counts} different counts.",
    ),
    "note.things-in-parts": (
        "{count} 个对象由 {rows} 行拼成(地图在图幅边界切开),其中 {apart} 个仍分为多段。",
        "{count} things were put together from {rows} rows (maps cut things at the edges of tiles); {apart} of them "
        "have pieces apart.",
    ),
    "note.building-stacked": (
        "建筑 {upper} 与 {lower} 有 {area_m2} 平方米地面重叠(塔楼与裙楼,或重复);两者都保留,合计 {households} 户。",
        "Buildings {upper} and {lower} stand on {area_m2} m² of the same ground (a tower and its podium, or one "
        "twice); both stay, {households} households together.",
    ),
    "note.rings-unsound": (
        "{of} 个轮廓中有 {count} 个自相交;按原样收下,显示时可能缺一块。",
        "{count} of {of} outlines cross themselves; they are taken as they are and may be drawn with a part missing.",
    ),
    "note.rows-repeated": (
        "{count} 行与前面的行完全相同,已合并。",
        "{count} rows say the same as one before them; they count once.",
    ),
    "note.households-missing": (
        "{count} 栋建筑没有户数;可用 --estimate 按面积估算。",
        "{count} buildings have no households; --estimate reckons them from their ground.",
    ),
    "note.households-estimated": (
        "{count} 栋建筑的户数为估算:面积 × 层数(未知按 {floors} 层)÷ 每户 {m2} 平方米 × 居住比例 {share}。",
        "Households of {count} buildings are estimates: area x floors ({floors} where unknown) / {m2} m² a household "
        "x residential share {share}.",
    ),
    "note.estimate-kept-out": (
        "{count} 栋建筑已有实数,估算未采用。",
        "{count} buildings have a real count already; the estimate was not taken.",
    ),
    "note.longitude-unusual": (
        "{of} 处中有 {count} 处的经度不在 {west} 至 {east} 之间(中位数 {lon});请核对坐标系和经纬度次序。",
        "{count} of {of} places lie outside {west} to {east} degrees east (median {lon}); check datum and axes.",
    ),
    "note.datum-suspected": (
        "与已发布的位置相差 {offset_m} 米({things} 处的中位数),像是 {datum};请核对 --datum。",
        "Places differ from what is published by {offset_m} m (median of {things}), as if {datum} had been meant; "
        "check --datum.",
    ),
    "note.replace-withheld": (
        "{refused} 行被拒,因此没有移除未出现的 {kept} 个对象。",
        "{refused} rows were refused, so the {kept} things without a row were not taken out.",
    ),
}
