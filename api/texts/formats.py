"""What is wrong with a table, a shapefile, an archive, a drawing, or with one of their rows? Ids of `geo.files`."""

ROWS: dict[str, tuple[str, str]] = {
    "coordinate-malformed": ("{field} 的值 {value} 不是数。", "{field} {value} is not a number."),
    "coordinate-missing": ("只有一个坐标,缺 {field}。", "Has one coordinate only; {field} is missing."),
    "srid-differs": ("WKT 的 SRID {srid} 与坐标系 {datum} 不同。", "SRID {srid} of the WKT is not the datum {datum}."),
    "quotes-malformed": ("引号不成对。", "The quotes do not pair."),
    "row-ragged": ("有 {cells} 个单元格,表头有 {columns} 列。", "Has {cells} cells under {columns} columns."),
    "rings-too-many": ("有 {rings} 个环,上限 {limit}。", "Has {rings} rings; at most {limit} are taken."),
    "record-truncated": ("文件在此中断,几何不完整。", "The file breaks off here; the shape is not whole."),
    "record-missing": ("几何与属性记录数目不符,此行缺一。", "Shape and attributes do not both exist for this row."),
}

FILES: dict[str, tuple[str, str]] = {
    "archive-damaged": ("压缩包 {name} 已损坏。", "The archive {name} is damaged."),
    "archive-encrypted": ("压缩包 {name} 已加密。", "The archive {name} is encrypted."),
    "archive-entries-too-many": (
        "压缩包内文件过多,上限 {limit} 个。",
        "The archive has too many members; at most {limit}.",
    ),
    "archive-name-twice": ("压缩包内有两个 {member}。", "The archive holds {member} twice."),
    "archive-nested": ("{name} 内还有压缩包,不予读取。", "{name} holds another archive, which is not read."),
    "archive-none": ("压缩包内没有可读的文件({formats})。", "The archive holds no file that can be read ({formats})."),
    "archive-ratio": (
        "压缩包膨胀 {ratio} 倍,上限 {limit} 倍。",
        "The archive unpacks to {ratio} times its size; at most {limit} times.",
    ),
    "archive-too-large": ("压缩包解开超过 {limit} 字节。", "The archive unpacks to more than {limit} bytes."),
    "cells-too-many": (
        "表格有 {cells} 个单元格,上限 {limit}。",
        "The sheet has {cells} cells; at most {limit} are read.",
    ),
    "columns-too-many": ("有 {columns} 列,上限 {limit}。", "There are {columns} columns; at most {limit} are read."),
    "place-half": (
        "只有一列坐标({column});请用 --field 指明另一列。",
        "Only one column of coordinates ({column}); name the other with --field.",
    ),
    "table-empty": ("{name} 中没有带表头的数据。", "{name} has no rows under a header."),
    "encoding-unclear": (
        "编码不明:按 {encoding} 仍有 {share:.1%} 的字符无法解读;请用 --encoding 指明。",
        "As {encoding}, {share:.1%} of the characters cannot be read; state the encoding with --encoding.",
    ),
    "dxf-cut": ("图纸 {name} 不完整,缺少结尾。", "The drawing {name} breaks off before its end."),
    "dbf-damaged": ("属性表 {name} 已损坏。", "The attribute table {name} is damaged."),
    "shp-damaged": ("{name} 不是 Shapefile,或已损坏。", "{name} is no shapefile, or is damaged."),
    "workbook-damaged": ("工作簿 {name} 已损坏。", "The workbook {name} is damaged."),
    "gdal-refused": ("无法读取 {name}:{reason}。", "{name} cannot be read: {reason}."),
    "xml-malformed": ("第 {line} 行第 {column} 列不是有效的 XML。", "Not valid XML at line {line}, column {column}."),
    "xml-too-deep": ("XML 嵌套超过 {limit} 层。", "The XML is nested more than {limit} deep."),
    "xml-with-entities": ("{name} 含有 DOCTYPE 或实体定义,不予读取。", "{name} defines entities and is not read."),
}

TEXTS: dict[str, tuple[str, str]] = {
    **{f"row.{id_}": pair for id_, pair in ROWS.items()},
    **{f"file.{id_}": pair for id_, pair in {**ROWS, **FILES}.items()},
}
"""`file.*` holds the ids of rows too, as in `api.texts.rows`."""
