"""What is wrong with a file, or with one row of it? Ids are those of `geo.files`, `geo.datum` and the intake."""

ROWS: dict[str, tuple[str, str]] = {
    "row-not-json": ("这一行不是 JSON。", "This line is not JSON."),
    "feature-malformed": ("不是 GeoJSON 要素。", "Is not a GeoJSON feature."),
    "layer-missing": ("未说明图层(properties.layer 或 --layer)。", "Names no layer (properties.layer or --layer)."),
    "layer-unknown": ("没有图层 {value}。", "There is no layer {value}."),
    "coordinates-not-finite": ("坐标不是有限的数。", "A coordinate is not a finite number."),
    "geometry-malformed": ("几何({kind})无法读取。", "The geometry ({kind}) cannot be read."),
    "geometry-kind-unknown": ("不支持几何类型 {kind}。", "The geometry type {kind} is not supported."),
    "geometry-empty": ("几何({kind})为空。", "The geometry ({kind}) is empty."),
    "geometry-missing": ("图层 {layer} 的要素须有几何。", "A feature of layer {layer} needs a geometry."),
    "geometry-not-for-layer": (
        "图层 {layer} 不接受 {kind},可用:{allowed}。",
        "Layer {layer} does not take {kind}; it takes {allowed}.",
    ),
    "ring-too-short": ("环只有 {points} 个点。", "A ring has only {points} points."),
    "line-too-short": ("线只有 {points} 个点。", "A line has only {points} points."),
    "vertices-too-many": ("有 {vertices} 个顶点,上限 {limit}。", "Has {vertices} vertices; at most {limit} are taken."),
    "axes-swapped": (
        "坐标 {x}, {y} 对 {datum} 而言像是经纬度颠倒。",
        "Coordinates {x}, {y} look like swapped axes for {datum}.",
    ),
    "coordinates-out-of-range": (
        "坐标 {x}, {y} 超出 {datum} 的范围。",
        "Coordinates {x}, {y} are out of range for {datum}.",
    ),
    "edges-too-long": (
        "边太长,换算 {datum} 需增加 {points} 个点,上限 {limit}。",
        "Edges are so long that converting {datum} would add {points} points; at most {limit} are.",
    ),
    "field-missing": ("缺少字段 {field}。", "Field {field} is missing."),
    "code-malformed": (
        "{field} 的值“{value}”不能作编码:前后有空格,或含有不可见字符。",
        "{field} '{value}' cannot be a code: it has spaces around it, or signs that cannot be printed.",
    ),
    "code-shortened": (
        "{field} 的值 {value} 是被表格软件缩写的数字,末位已丢失;请把该列设为文本并重新导出。",
        "{field} {value} is a number that a spreadsheet has shortened, its last digits are lost; "
        "make the column text and export again.",
    ),
    "code-wide": (
        "{field} 的值 {value} 含有全角字符;编码按原样比较,应写作 {plain}。",
        "{field} {value} holds full-width letters or digits; codes are compared as they are: write {plain}.",
    ),
    "row-total": (
        "像是合计行({value}),不是一栋建筑或一个网格。",
        "Looks like a row of totals ({value}), not like one thing.",
    ),
    "text-wrong-type": ("{field} 的值 {value} 不是文字。", "{field} {value} is not text."),
    "text-malformed": (
        "{field} 的值 {value} 含有不能保存的字符。",
        "{field} {value} holds characters that cannot be kept.",
    ),
    "text-too-long": ("{field} 有 {length} 个字符,上限 {limit}。", "{field} has {length} characters; at most {limit}."),
    "number-malformed": ("{field} 的值 {value} 不是整数。", "{field} {value} is not a whole number."),
    "number-out-of-range": (
        "{field} 的值 {value} 不在 {least} 到 {most} 之间。",
        "{field} {value} is not from {least} to {most}.",
    ),
    "flag-malformed": ("{field} 的值 {value} 不是 true 或 false。", "{field} {value} is not true or false."),
    "point-malformed": ("{field} 的值 {value} 不是点。", "{field} {value} is not a point."),
    "phone-malformed": (
        "{field} 的值不像电话号码(只接受数字、+、-、空格、括号、转/分机,多个号码用逗号或顿号隔开)。",
        "{field} is no phone number: digits, +, -, spaces, brackets and extensions are taken, several with commas.",
    ),
    "moment-malformed": (
        "{field} 的值 {value} 不是日期或时刻,应如 2026-03-01 或 2026-03-01T08:00+08:00。",
        "{field} {value} is no date or instant such as 2026-03-01 or 2026-03-01T08:00+08:00.",
    ),
    "until-before-from": (
        "截止({until})不晚于起始({since})。",
        "The binding ends ({until}) before it begins ({since}).",
    ),
    "place-unknown": (
        "已发布的地图中没有编码为 {place} 的网格或区划。",
        "No published grid or region has the code {place}.",
    ),
    "place-ambiguous": (
        "{place} 既是网格也是区划的编码;请在 of 列写明 grid 或 region。",
        "{place} is the code of a grid and of a region; say which in a column named of.",
    ),
    "kind-unknown": ("{field} 的值 {value} 不可用,可用:{allowed}。", "{field} {value} is none of {allowed}."),
    "code-came-before": (
        "编号 {code} 在前面的行中已出现;取先出现者。",
        "Code {code} stands in an earlier row already; the first one is kept.",
    ),
    "code-twice": (
        "编码 {code} 重复,第 {first} 行已用;取先出现者。",
        "Code {code} stands in row {first} already; the first one is kept.",
    ),
    "row-exists": (
        "{code} 已发布且内容不同;如要更新请用 --mode update。",
        "{code} is published with other content; use --mode update to change it.",
    ),
    "building-unmatched": (
        "没有编号、地址或名称为 {text} 的建筑;相近的有:{candidates}。",
        "No building has the id, address or name {text}; alike are: {candidates}.",
    ),
    "thing-unmatched": (
        "没有编码为 {text} 的已发布对象,此行也没有几何,不能新增。",
        "Nothing that is published has the code {text}, and without a shape the row cannot be a new thing.",
    ),
    "building-ambiguous": (
        "{text} 可能指多栋建筑:{candidates};请给出编号。",
        "{text} may mean several buildings: {candidates}; give the id.",
    ),
    "ground-not-streamed": (
        "过大的文件只能导入建筑、设施、线和水面;区划和网格请用较小的文件。",
        "Of files this large only buildings, facilities, lines and water are taken; ground wants a smaller one.",
    ),
    "region-unknown": ("{code} 所属区划 {region} 不存在。", "{code} divides region {region}, which nobody knows."),
    "parent-cycle": (
        "{code} 的上级 {parent} 又在 {code} 之下。",
        "The parent {parent} of {code} stands below {code} itself.",
    ),
    "parent-unknown": ("{code} 的上级 {parent} 不存在。", "The parent {parent} of {code} is not known."),
}

POINTS: dict[str, tuple[str, str]] = {
    "row-without-point": ("缺少 {field}。", "Has no {field}."),
    "row-without-datum": ("未说明坐标系。", "Names no datum."),
    "row-not-object": ("这一行不是 JSON 对象。", "This line is no JSON object."),
    "line-too-long": ("这一行超过 {limit} 字节。", "This line has more than {limit} bytes."),
    "quotes-unreadable": (
        "引号不成对,或引号后还有文字。",
        "Has a quote that does not end, or text after one that does.",
    ),
    "text-undecodable": ("含有无法解码的字节或空字符。", "Holds bytes that do not decode, or a zero."),
    "column-of-type": ("{field} 列的类型 {type} 不可用。", "Column {field} is of type {type}, which cannot be used."),
    "arrow-damaged": ("{name} 不是完好的 Arrow IPC 流。", "{name} is not a sound Arrow IPC stream."),
    "arrow-compressed": ("{name} 的列被压缩;请发送未压缩的 Arrow。", "{name} has compressed columns; send them plain."),
    "arrow-too-large": (
        "一批有 {bytes} 字节,上限 {limit};请分成较小的批。",
        "A batch has {bytes} bytes; at most {limit}: send smaller ones.",
    ),
}
"""Of tables of points, whose rows are answered one by one."""

FILES: dict[str, tuple[str, str]] = {
    "file-missing": ("没有文件 {name}。", "There is no file {name}."),
    "folder-none": ("文件夹 {name} 中没有 Shapefile。", "The folder {name} holds no shapefile."),
    "region-without-ground": (
        "没有区划 {region},或其范围内尚未发布任何地面。",
        "There is no region {region}, or none of its ground is published.",
    ),
    "file-not-regular": ("{name} 不是普通文件。", "{name} is not a regular file."),
    "file-no-permission": ("无权读写 {name}。", "There is no permission for {name}."),
    "file-not-written": ("未能写完 {name}:{reason}。", "{name} could not be written: {reason}."),
    "file-no-folder": ("没有存放 {name} 的文件夹。", "The folder of {name} does not exist."),
    "csv-malformed": ("{name} 的表格无法读取:{reason}。", "The table {name} cannot be read: {reason}."),
    "sheet-rows-too-many": (
        "图层 {layer} 超过一张工作表的 {limit} 行;请导出为 CSV 或用 --region。",
        "Layer {layer} has more than the {limit} rows of a sheet; export it as CSV, or by --region.",
    ),
    "cell-too-long": (
        "图层 {layer} 第 {row} 行的 {field} 有 {length} 个字符,单元格上限 {limit};形状可用 --no-shape 略去。",
        "{field} of row {row} of layer {layer} has {length} characters, a cell at most {limit}; "
        "shapes are left out with --no-shape.",
    ),
    "text-too-long-for-dbf": (
        "图层 {layer} 第 {row} 行的 {field} 有 {length} 字节,Shapefile 上限 {limit};请导出为 GeoPackage。",
        "{field} of row {row} of layer {layer} has {length} bytes, a shapefile at most {limit}; export a GeoPackage.",
    ),
    "shapes-mixed": (
        "{name} 只能存一种形状,此处有:{kinds};请导出为 .zip。",
        "{name} can hold one kind of shape; here are {kinds}: export a .zip.",
    ),
    "file-too-large": ("文件有 {bytes} 字节,上限 {limit}。", "The file has {bytes} bytes; at most {limit} are read."),
    "features-too-many": (
        "有 {features} 个要素,上限 {limit}。",
        "There are {features} features; at most {limit} are read.",
    ),
    "format-unknown": ("无法识别 {name} 的格式。", "The format of {name} is not known."),
    "gpkg-damaged": ("GeoPackage {name} 已损坏。", "The GeoPackage {name} is damaged."),
    "gpkg-too-slow": ("读取 GeoPackage {name} 超出时限。", "Reading the GeoPackage {name} took too much work."),
    "table-not-in-format": ("{name} 中没有可选的表。", "{name} has no tables to choose from."),
    "table-missing": ("没有表 {table};现有:{tables}。", "There is no table {table}; there are {tables}."),
    "table-ambiguous": ("请用 --table 指明一张表:{tables}。", "Name one of the tables with --table: {tables}."),
    "table-none": ("文件中没有带几何的表。{tables}", "The file has no table with geometries. {tables}"),
    "encoding-unknown": ("不认识编码 {encoding}。", "The encoding {encoding} is not known."),
    "text-not-in-encoding": (
        "第 {position} 字节起不是 {encoding} 文字。",
        "From byte {position} on the text is not {encoding}.",
    ),
    "json-malformed": (
        "第 {line} 行第 {column} 列不是有效的 JSON。",
        "Not valid JSON at line {line}, column {column}.",
    ),
    "json-too-deep": ("JSON 嵌套超过 {limit} 层。", "The JSON is nested more than {limit} deep."),
    "not-geojson": ("是 {type},不是 GeoJSON。", "Is {type}, not GeoJSON."),
    "datum-mixed": ("各表坐标系不一:{datums}。", "The tables have several datums: {datums}."),
    "field-unknown": ("没有字段 {field};可用:{fields}。", "There is no field {field}; there are {fields}."),
    "column-missing": (
        "{field} 所指的列 {column} 不存在;现有:{columns}。",
        "Column {column}, given for {field}, does not exist; there are {columns}.",
    ),
    "datum-missing": (
        "{name} 未说明坐标系,请用 --datum 或 --crs 指明(wgs84、cgcs2000、gcj02、bd09、EPSG:n)。",
        "{name} does not say its datum; state it with --datum or --crs (wgs84, cgcs2000, gcj02, bd09, EPSG:n).",
    ),
    "datum-unknown": ("不认识坐标系 {value}。", "The datum {value} is not known."),
    "datum-not-horizontal": ("{value} 不是平面坐标系。", "{value} is not a horizontal datum."),
    "datum-without-route": (
        "{datum} 没有精确换算到 WGS-84 的方法。",
        "There is no exact way from {datum} to WGS-84.",
    ),
    "zone-out-of-range": ("分带 {zone} 不存在。", "There is no zone {zone}."),
}

TEXTS: dict[str, tuple[str, str]] = {
    **{f"row.{id_}": pair for id_, pair in ROWS.items()},
    **{f"file.{id_}": pair for id_, pair in {**ROWS, **FILES, **POINTS}.items()},
}
"""`file.*` holds the ids of rows too: a single point in a request is refused for the same reasons as a row."""
