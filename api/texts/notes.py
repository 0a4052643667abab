"""What is worth knowing about the rows of an import? Ids are those of `geo.store.notes`."""

TEXTS: dict[str, tuple[str, str]] = {
    "note.building-in-parts": (
        "建筑 {building} 由 {parts} 行拼成(地图在图幅边界切开);按 {households} 户计一次,各行户数有 {counts} 种。",
        "Building {building} was put together from {parts} rows (maps cut buildings at the edges of tiles); its "
        "{households} households count once, the rows had {counts} different counts.",
    ),
    "note.building-stacked": (
        "建筑 {upper} 立于 {lower} 之上(塔楼与裙楼,或重复);两者都保留,合计 {households} 户。",
        "Building {upper} stands on the ground of {lower} (a tower and its podium, or one twice); both stay, "
        "{households} households together.",
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
