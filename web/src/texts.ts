// What does the page say, in Chinese and in English?

/** Every text has both languages: a missing one, an unknown id or a forgotten value is a compile error. */
export const texts = {
  "page.title": { zh: "网格 wangge", en: "网格 wangge" },
  "page.map": {
    zh: "网格地图：点击查询归属；用键盘时，方向键移动，回车查询地图中心",
    en: "Map of grids: click to ask for the owner; with the keyboard, arrows move and Enter asks at the centre",
  },
  "page.language": { zh: "English", en: "中文" },
  "page.language.hint": { zh: "Switch to English", en: "切换为中文" },
  "page.waiting": { zh: "正在读取…", en: "Reading…" },
  "page.unreachable": {
    zh: "暂时连接不上服务，正在重试。地图仍显示上次读到的内容。",
    en: "The service cannot be reached just now. Trying again; the map shows what was read last.",
  },
  "page.unreachable.short": { zh: "连接不上服务", en: "The service cannot be reached" },
  "page.unreachable.detail": { zh: "请稍后再试。", en: "Please try again in a moment." },
  "page.unreadable": {
    zh: "服务的答复无法识别（HTTP {status}）",
    en: "The service gave an answer that cannot be read (HTTP {status})",
  },
  "page.tiles": { zh: "有一部分地图没有读到，正在重试。", en: "A part of the map could not be read. Trying again." },
  "page.fault": { zh: "页面出错", en: "The page ran into a fault" },
  "page.no-webgl": {
    zh: "这个浏览器不能显示地图（需要 WebGL 2）。",
    en: "This browser cannot draw the map (it needs WebGL 2).",
  },

  "tab.owner": { zh: "归属", en: "Owner" },
  "tab.findings": { zh: "检查", en: "Findings" },
  "tab.findings.count": { zh: "检查 {count}", en: "Findings {count}" },

  "control.in": { zh: "放大", en: "Zoom in" },
  "control.out": { zh: "缩小", en: "Zoom out" },
  "control.home": { zh: "显示全部范围", en: "Show everything" },

  "search.label": { zh: "搜索网格、区划、建筑或设施", en: "Search grids, regions, buildings and facilities" },
  "search.hint": { zh: "编码、名称或地址", en: "Code, name or address" },
  "search.hits": { zh: "搜索结果", en: "Hits" },
  "search.none": { zh: "没有找到。", en: "Nothing was found." },
  "search.go": { zh: "查找", en: "Find" },

  "publication.chip": { zh: "第 {number} 号发布", en: "Publication {number}" },
  "publication.by": { zh: "{actor}:{reason}", en: "{actor}: {reason}" },
  "publication.none": { zh: "尚无发布", en: "Nothing published yet" },
  "publication.none.detail": {
    zh: "导入并发布一份方案后，地图会自动出现。",
    en: "The map appears by itself once a plan has been imported and published.",
  },

  "legend.title": { zh: "按户数着色", en: "Coloured by households" },
  "legend.good": { zh: "300–500 户，规模合适", en: "300–500, the right size" },
  "legend.low": { zh: "不足 300 户", en: "Fewer than 300" },
  "legend.high": { zh: "超过 500 户", en: "More than 500" },
  "legend.special": { zh: "专属网格（公园、校园、市场）", en: "Special (park, campus, market)" },
  "legend.rural": { zh: "乡村网格", en: "Rural" },
  "legend.none": { zh: "未统计户数", en: "Not counted" },
  "legend.provisional": { zh: "暂行：尚未通过检查", en: "Provisional: not yet proven" },
  "legend.community": { zh: "社区边界", en: "Community boundary" },
  "legend.upper": { zh: "街道及以上边界", en: "Boundary of a street or above" },

  "kind.residential": { zh: "居住网格", en: "Residential" },
  "kind.special": { zh: "专属网格", en: "Special" },
  "kind.rural": { zh: "乡村网格", en: "Rural" },
  "standing.proven": { zh: "已通过检查", en: "Proven" },
  "standing.provisional": { zh: "暂行", en: "Provisional" },
  "verdict.good": { zh: "规模合适", en: "right size" },
  "verdict.low": { zh: "偏小", en: "small" },
  "verdict.high": { zh: "偏大", en: "large" },

  "layer.region": { zh: "区划", en: "Region" },
  "layer.grid": { zh: "网格", en: "Grid" },
  "layer.building": { zh: "建筑", en: "Building" },
  "layer.facility": { zh: "设施", en: "Facility" },

  "level.country": { zh: "国家", en: "Country" },
  "level.province": { zh: "省", en: "Province" },
  "level.city": { zh: "市", en: "City" },
  "level.district": { zh: "区县", en: "District" },
  "level.area": { zh: "片区", en: "Area" },
  "level.subdistrict-area": { zh: "片区", en: "Area" },
  "level.street": { zh: "街道", en: "Street" },
  "level.town": { zh: "镇", en: "Town" },
  "level.community": { zh: "社区", en: "Community" },
  "level.village": { zh: "村", en: "Village" },
  "level.courtyard": { zh: "院落", en: "Courtyard" },

  "owner.empty": {
    zh: "点击地图上任意一点，查询由哪个网格负责。",
    en: "Click any point of the map to see which grid answers for it.",
  },
  "owner.status.owned": { zh: "归属明确", en: "One owner" },
  "owner.status.owned.detail": { zh: "这一点由一个网格负责。", en: "One grid answers for this point." },
  "owner.status.near_boundary": { zh: "靠近边界", en: "Close to the border" },
  "owner.status.near_boundary.detail": {
    zh: "归属已定，但离边界很近，定位稍有偏差就可能属于邻格。",
    en: "It has an owner, but so near the border that a small error in position would change it.",
  },
  "owner.status.shared": { zh: "落在公共边界上", en: "On a shared border" },
  "owner.status.shared.detail": {
    zh: "几个网格共用这一点，由编码最小的网格负责。",
    en: "Several grids share this point; the one with the smallest code answers.",
  },
  "owner.status.ambiguous": { zh: "多个网格重叠", en: "Claimed more than once" },
  "owner.status.ambiguous.detail": {
    zh: "暂行版本中有网格重叠，先由下列网格负责，待核实。",
    en: "Grids of a provisional edition overlap here; the one below leads until that is settled.",
  },
  "owner.status.gap": { zh: "无人负责的空白", en: "A gap: nobody owns this point" },
  "owner.status.gap.detail": {
    zh: "这一点在已载入的区划内，但没有网格负责。",
    en: "The point lies in a loaded region, but no grid answers for it.",
  },
  "owner.status.outside": { zh: "在已载入范围之外", en: "Outside everything loaded" },
  "owner.status.outside.detail": { zh: "这里没有载入任何区划。", en: "No region has been loaded here." },
  "owner.grid": { zh: "所选网格", en: "Chosen grid" },
  "owner.households": { zh: "户数", en: "Households" },
  "owner.households.none": { zh: "未统计", en: "not counted" },
  "owner.households.value": { zh: "{count} 户", en: "{count}" },
  "owner.kind": { zh: "类型", en: "Kind" },
  "owner.region": { zh: "所属区划", en: "Region" },
  "owner.chain": { zh: "区划", en: "Regions" },
  "owner.border": { zh: "距边界", en: "To the border" },
  "owner.neighbour": { zh: "邻格", en: "Neighbour" },
  "owner.nearest": { zh: "最近的网格", en: "Nearest grid" },
  "owner.nearest.hint": { zh: "仅供参考，不是归属", en: "a hint, not the owner" },
  "owner.fallback": { zh: "由上级区划暂管", en: "Falls to" },
  "owner.candidates": { zh: "可能的网格", en: "Candidates" },
  "owner.share": { zh: "可能性 {share}", en: "{share} likely" },
  "owner.warnings": { zh: "请注意", en: "Please note" },
  "owner.truth": { zh: "依据", en: "According to" },
  "owner.publication": { zh: "发布", en: "Publication" },
  "owner.publication.value": { zh: "第 {number} 号", en: "No. {number}" },
  "owner.standing": { zh: "状态", en: "Standing" },
  "owner.edition": { zh: "版本", en: "Edition" },
  "owner.as-of": { zh: "时间", en: "As of" },
  "owner.point": { zh: "位置", en: "Position" },
  "owner.rule": { zh: "判定规则", en: "Rule" },
  "owner.stale": {
    zh: "这份答复可能已过时（数据来自 {age} 前）。",
    en: "This answer may be out of date (read {age} ago).",
  },

  "findings.region": { zh: "检查范围", en: "Region checked" },
  "findings.checking": { zh: "正在检查，较大的范围需要几秒…", en: "Checking; a large region takes some seconds…" },
  "findings.none": { zh: "没有发现任何问题。", en: "No findings: every rule holds." },
  "findings.no-region": { zh: "尚未载入区划。", en: "No region has been loaded." },
  "findings.more": { zh: "再显示 {count} 条", en: "Show {count} more" },
  "findings.healable": { zh: "可自动吻合", en: "can be snapped" },
  "findings.households": { zh: "{count} 户", en: "{count} households" },
  "findings.width": { zh: "宽 {width}", en: "{width} wide" },
  "findings.length": { zh: "长 {length}", en: "{length} long" },
  "severity.blocking": { zh: "必须处理", en: "blocking" },
  "severity.warning": { zh: "警告", en: "warning" },
  "severity.note": { zh: "提示", en: "note" },

  "findings.accepted": { zh: "已接受：{reason}（{actor}）", en: "accepted: {reason} ({actor})" },
  "coverage.title": { zh: "覆盖情况", en: "Coverage" },
  "coverage.units": { zh: "全覆盖的区划", en: "Regions covered" },
  "coverage.area": { zh: "已覆盖面积", en: "Area covered" },
  "coverage.households": { zh: "有网格的户数", en: "Households covered" },
  "coverage.gap": { zh: "空白面积", en: "Gaps" },
  "coverage.overlap": { zh: "重叠面积", en: "Overlaps" },

  "rule.ring-invalid": { zh: "边界自相交", en: "Outline crosses itself" },
  "rule.gap": { zh: "空白区域", en: "Gap" },
  "rule.overlap": { zh: "重叠", en: "Overlap" },
  "rule.duplicate": { zh: "重复", en: "Duplicate" },
  "rule.spill": { zh: "越界", en: "Spill" },
  "rule.node-unmatched": { zh: "节点未对齐", en: "Unmatched node" },
  "rule.unassigned": { zh: "未划入下级的地面", en: "Ground in no region below" },
  "rule.outside-parent": { zh: "超出上级边界", en: "Outside its parent" },
  "rule.sliver": { zh: "狭缝", en: "Sliver" },
  "rule.hole": { zh: "内部有洞", en: "Hole" },
  "rule.multipart": { zh: "不连片", en: "In several parts" },
  "rule.building-unassigned": { zh: "建筑无网格", en: "Building without a grid" },
  "rule.building-ambiguous": { zh: "建筑归属不明", en: "Building in several grids" },
  "rule.building-split": { zh: "建筑被切开", en: "Building cut" },
  "rule.building-repeated": { zh: "建筑编号重复", en: "Building id repeated" },
  "rule.building-stacked": { zh: "建筑上下重叠", en: "Buildings over each other" },
  "rule.facility-unassigned": { zh: "设施无网格", en: "Facility without a grid" },
  "rule.facility-missing": { zh: "网格缺少设施", en: "Grid without a facility" },
  "rule.households-low": { zh: "户数偏少", en: "Too few households" },
  "rule.households-high": { zh: "户数偏多", en: "Too many households" },
  "rule.households-grown": { zh: "户数增长超限", en: "Grown over the limit" },
  "rule.tower-over": { zh: "单栋户数超限", en: "One building over the limit" },
  "rule.staffing": { zh: "人员配备不符", en: "Staff not as it should be" },
  "rule.point-repeated": { zh: "重复点", en: "Repeated points" },
  "rule.spike": { zh: "尖刺", en: "Spike" },
  "rule.vertices-many": { zh: "顶点过多", en: "Too many vertices" },
  "rule.needle": { zh: "细长条", en: "Needle" },
  "rule.neck": { zh: "细颈", en: "Neck" },
  "rule.compactness-low": { zh: "形状不紧凑", en: "Not compact" },
  "rule.edge-free": { zh: "边界不沿道路河流", en: "Border along no street or water" },
  "rule.code-format": { zh: "编码格式不符", en: "Code of another form" },
  "rule.code-prefix": { zh: "编码前缀不符", en: "Code of another region" },
  "rule.code-duplicate": { zh: "编码重复", en: "Code given twice" },
  "rule.code-full": { zh: "顺序号用尽", en: "No number left" },
  "rule.code-order": { zh: "编码顺序不符", en: "Codes out of order" },

  "map.households": { zh: "{count}户", en: "{count} hh" },
  "unit.metres": { zh: "{value} 米", en: "{value} m" },
  "unit.kilometres": { zh: "{value} 公里", en: "{value} km" },
  "unit.square-metres": { zh: "{value} 平方米", en: "{value} m²" },
  "unit.hectares": { zh: "{value} 公顷", en: "{value} ha" },
  "unit.square-kilometres": { zh: "{value} 平方公里", en: "{value} km²" },
  "unit.seconds": { zh: "{value} 秒", en: "{value} s" },
} as const satisfies Record<string, { zh: string; en: string }>;

export type Language = "zh" | "en";
export type TextId = keyof typeof texts;

/** The names between braces in a text: `"第 {number} 号"` has `number`. */
type Holes<Said extends string> = Said extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never;
type Named<Id extends TextId> = Holes<(typeof texts)[Id][Language]>;

/** The values a text needs, and none where it needs none. */
export type Values<Id extends TextId> = [Named<Id>] extends [never] ? [] : [Record<Named<Id>, string | number>];

/** The text with its braces filled. */
export function fill<Id extends TextId>(language: Language, id: Id, ...values: Values<Id>): string {
  const given: Record<string, string | number> = values[0] ?? {};
  return texts[id][language].replace(/\{(\w+)\}/g, (hole, name: string) => String(given[name] ?? hole));
}
