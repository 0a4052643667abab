"""How is each problem told? Slug -> title, detail (with the values of the case) and what a reader can do about it.

The slugs and their statuses are in `api.problems.STATUS`.
"""

TITLES: dict[str, tuple[str, str]] = {
    "malformed-request": ("请求格式有误", "Malformed request"),
    "invalid-parameter": ("参数有误", "Invalid parameter"),
    "unknown-parameter": ("未知参数", "Unknown parameter"),
    "repeated-parameter": ("参数重复", "Repeated parameter"),
    "axes-swapped": ("经纬度颠倒", "Longitude and latitude swapped"),
    "invalid-cursor": ("翻页标记有误", "Invalid cursor"),
    "invalid-body": ("请求正文有误", "Invalid body"),
    "body-too-deep": ("请求正文嵌套过深", "Body nested too deeply"),
    "idempotency-key-required": ("缺少 Idempotency-Key", "Idempotency-Key required"),
    "invalid-idempotency-key": ("Idempotency-Key 有误", "Invalid Idempotency-Key"),
    "invalid-if-match": ("If-Match 有误", "Invalid If-Match"),
    "token-required": ("需要令牌", "Token required"),
    "read-only": ("本服务只读", "Read-only service"),
    "unreadable-input": ("输入无法读取", "Input cannot be read"),
    "datum-required": ("未说明坐标系", "Datum required"),
    "coordinates-refused": ("坐标不可用", "Coordinates refused"),
    "unknown-plan": ("没有此方案", "Unknown plan"),
    "plan-not-draft": ("方案已不是草案", "Plan is a draft no more"),
    "wrong-state": ("方案状态不符", "Not possible in this state"),
    "region-reserved": ("区划已预留", "Region reserved"),
    "rebase-conflict": ("与新版有冲突", "Conflicts with the new base"),
    "nothing-repaired": ("没有可进行的修复", "Nothing could be repaired"),
    "region-gone": ("区划已不再划分网格", "Region divided no longer"),
    "nothing-to-undo": ("没有可撤销的步骤", "Nothing to undo"),
    "nothing-to-redo": ("没有可重做的步骤", "Nothing to redo"),
    "edit-refused": ("编辑被拒", "Edit refused"),
    "building-cut": ("边界穿过建筑", "Building cut"),
    "not-divided": ("没有划分网格的区划", "Nothing that grids divide"),
    "too-many-steps": ("方案步骤过多", "Too many steps"),
    "too-many-edits": ("编辑过多", "Too many edits"),
    "stale-base": ("依据已过时", "Stale base"),
    "border-conflict": ("与邻区冲突", "Conflict with a neighbour"),
    "regions-overlap": ("区划重叠", "Regions overlap"),
    "coverage-not-exact": ("网格未恰好覆盖", "Grids do not cover the region exactly"),
    "code-taken": ("编码不可用", "Code taken"),
    "never-back": ("不得退回暂定", "Proven ground stays proven"),
    "amendment-refused": ("邻区节点修订被拒", "Neighbour cannot be amended"),
    "tree-broken": ("区划层级有误", "Broken tree of regions"),
    "households-orphaned": ("有住户失去网格", "Households without a grid"),
    "thing-gone": ("所更新的对象已被移除", "Taken out meanwhile"),
    "thing-there": ("所新增的对象已存在", "Added meanwhile"),
    "encoding-guessed": ("文字编码须确认", "Encoding to be confirmed"),
    "would-vanish": ("有对象将被移除", "Things would vanish"),
    "borders-too-close": ("边界过于贴近", "Borders too close"),
    "nothing-to-publish": ("没有可发布的内容", "Nothing to publish"),
    "rows-refused": ("有行被拒", "Rows refused"),
    "blocking-findings": ("有必须先解决的问题", "Blocking findings"),
    "coverage-never-accepted": ("覆盖问题不可接受", "Coverage is never accepted"),
    "already-accepted": ("此项已被接受", "Already accepted"),
    "several-findings": ("有多项相同的发现", "Several such findings"),
    "unknown-finding": ("没有此项发现", "No such finding"),
    "unknown-acceptance": ("没有此项接受记录", "Unknown acceptance"),
    "not-found": ("没有此地址", "Not found"),
    "unknown-code": ("没有此编码", "Unknown code"),
    "unknown-publication": ("没有此发布", "Unknown publication"),
    "unknown-order": ("没有此界线决定", "Unknown order"),
    "code-retired": ("编码已停用", "Code retired"),
    "order-pending": ("已有待生效的界线决定", "Another order waits"),
    "order-in-force": ("该界线已生效", "Boundary in force already"),
    "order-settled": ("界线决定已了结", "Order settled"),
    "ground-unsound": ("界线不成立", "Boundary not sound"),
    "too-many-listeners": ("订阅者过多", "Too many listeners"),
    "nothing-published-then": ("当时尚未发布", "Nothing published then"),
    "unknown-job": ("没有此任务", "Unknown job"),
    "method-not-allowed": ("不支持此方法", "Method not allowed"),
    "not-acceptable": ("没有所求的格式", "Not acceptable"),
    "body-too-slow": ("请求正文传送过慢", "Body too slow"),
    "stale-state": ("内容已被更改", "Stale state"),
    "body-too-large": ("请求正文过大", "Body too large"),
    "too-many-features": ("要素过多", "Too many features"),
    "too-many-vertices": ("顶点过多", "Too many vertices"),
    "too-many-points": ("点过多", "Too many points"),
    "url-too-long": ("地址过长", "URL too long"),
    "unsupported-media-type": ("不支持此格式", "Unsupported media type"),
    "range-not-satisfiable": ("所请求的范围不存在", "Range not satisfiable"),
    "encoded-body": ("不接受压缩的正文", "Encoded body"),
    "took-too-long": ("计算超时", "Took too long"),
    "idempotency-key-reused": ("Idempotency-Key 已用于其他请求", "Idempotency-Key reused"),
    "if-match-required": ("缺少 If-Match", "If-Match required"),
    "too-many-requests": ("请求过于频繁", "Too many requests"),
    "headers-too-large": ("请求头过大", "Headers too large"),
    "client-gone": ("客户端已离开", "Client gone"),
    "internal-error": ("内部错误", "Internal error"),
    "busy": ("服务繁忙", "Busy"),
    "queue-full": ("任务队列已满", "Queue is full"),
    "not-answered-in-time": ("未能及时答复", "Not answered in time"),
    "worker-lost": ("计算进程中断", "Worker lost"),
    "store-unavailable": ("存储不可用", "Store unavailable"),
    "not-ready": ("尚未就绪", "Not ready"),
    "tile-not-ready": ("瓦片尚未就绪", "Tile not ready"),
    "origin-not-allowed": ("来源未获许可", "Origin not allowed"),
}

DETAILS: dict[str, tuple[str, str]] = {
    "malformed-request": ("无法读取该请求。", "The request cannot be read."),
    "invalid-parameter": (
        "有参数无法按要求读取,见 errors。",
        "A parameter cannot be read as what is asked; see errors.",
    ),
    "unknown-parameter": ("有本地址不认识的参数,见 errors。", "A parameter is not known at this address; see errors."),
    "repeated-parameter": ("有参数出现多次,见 errors。", "A parameter is given more than once; see errors."),
    "axes-swapped": (
        "lat={lat} 不是纬度;看来应为 lon={lat}、lat={lon}。",
        "lat={lat} is no latitude; it looks as if lon={lat} and lat={lon} were meant.",
    ),
    "invalid-cursor": (
        "该翻页标记不是本服务所给,或已失效。",
        "This cursor was not given by this service, or is no longer valid.",
    ),
    "invalid-body": ("请求正文不符合要求,见 errors。", "The body is not what is asked; see errors."),
    "body-too-deep": ("嵌套不得超过 {limit} 层。", "At most {limit} levels may be nested."),
    "idempotency-key-required": (
        "新建须带 Idempotency-Key 请求头,重发时不会重复新建。",
        "A request that creates needs an Idempotency-Key header, so that sending it again creates nothing twice.",
    ),
    "invalid-idempotency-key": ("Idempotency-Key 请求头无法读取。", "The Idempotency-Key header cannot be read."),
    "invalid-if-match": ("If-Match 请求头无法读取。", "The If-Match header cannot be read."),
    "token-required": (
        "此操作须带 Authorization: Bearer 与有效令牌,或在服务所在机器上直接访问。",
        "This needs Authorization: Bearer with a valid token, or a direct request on the service's own machine.",
    ),
    "read-only": (
        "服务未设令牌,对外只读。请设置 WANGGE_TOKENS=名称:令牌(至少 16 个字符)后重启。",
        "No tokens are set, so the service is read-only. Set WANGGE_TOKENS=name:token (16 characters or more).",
    ),
    "not-found": ("此地址没有内容。", "There is nothing at this address."),
    "unknown-code": ("已发布的地图中没有编码 {code}。", "Nothing with the code {code} is on the published map."),
    "unknown-job": (
        "没有任务 {codes},或其结果已过期。",
        "There is no job {codes}, or what it told has expired.",
    ),
    "unknown-order": ("没有编号为 {codes} 的界线决定。", "There is no order with the number {codes}."),
    "code-retired": (
        "网格 {code} 已于第 {publication} 次发布停用,其地面现属:{codes}。",
        "Grid {code} was retired by publication {publication}; its ground belongs to: {codes}.",
    ),
    "order-pending": (
        "{codes} 已有另一项待生效的界线决定;先撤回它。",
        "Another order for {codes} waits; withdraw that one first.",
    ),
    "order-in-force": ("{codes} 现有界线已是如此。", "{codes} has this boundary already."),
    "order-settled": (
        "界线决定 {codes} 现为 {state}。",
        "Order {codes} is {state}.",
    ),
    "ground-unsound": (
        "{codes} 的界线自相交或没有面积。",
        "The boundary of {codes} crosses itself or has no ground.",
    ),
    "too-many-listeners": (
        "已有 {limit} 个订阅者,请稍后再试。",
        "{limit} callers are listening already; try again later.",
    ),
    "unknown-publication": ("没有第 {publication} 号发布。", "There is no publication {publication}."),
    "nothing-published-then": ("{at} 时还没有任何发布。", "Nothing had been published yet at {at}."),
    "method-not-allowed": (
        "此地址不支持 {method};可用:{allowed}。",
        "{method} is not possible here; possible: {allowed}.",
    ),
    "not-acceptable": ("可提供的格式:{offered}。", "What can be had here: {offered}."),
    "body-too-slow": ("请求正文须在 {seconds:g} 秒内传完。", "The body must be in within {seconds:g} seconds."),
    "stale-state": (
        "内容在您读取之后已被更改,请重新读取。",
        "It was changed after you read it; read it again.",
    ),
    "body-too-large": ("请求正文不得超过 {limit} 字节。", "The body may hold at most {limit} bytes."),
    "too-many-features": ("一次最多 {limit} 个要素。", "One request may hold at most {limit} features."),
    "too-many-vertices": ("一次最多 {limit} 个顶点。", "One request may hold at most {limit} vertices."),
    "too-many-points": (
        "一批最多 {limit} 个点;更多请用 /v1/owner/stream。",
        "One batch may hold at most {limit} points; /v1/owner/stream takes more.",
    ),
    "url-too-long": ("地址不得超过 {limit} 字节。", "The URL may hold at most {limit} bytes."),
    "unsupported-media-type": ("Content-Type 须为:{accepted}。", "Content-Type must be: {accepted}."),
    "range-not-satisfiable": ("文件共 {size} 字节。", "The file has {size} bytes."),
    "encoded-body": (
        "请不要使用 Content-Encoding 压缩正文。",
        "Send the body as it is, without Content-Encoding.",
    ),
    "took-too-long": (
        "{seconds:g} 秒内未能算完,请减少数据后再试。",
        "It could not be worked out within {seconds:g} seconds; send less at once.",
    ),
    "idempotency-key-reused": (
        "此 Idempotency-Key 已用于内容不同的请求。",
        "This Idempotency-Key was used with another body.",
    ),
    "if-match-required": (
        "更改须带 If-Match 请求头,其值为读取时得到的 ETag。",
        "A change needs an If-Match header with the ETag that reading gave.",
    ),
    "too-many-requests": ("请稍后再试。", "Try again later."),
    "headers-too-large": ("请求头合计不得超过 {limit} 字节。", "All headers together may hold at most {limit} bytes."),
    "client-gone": ("连接已关闭,计算已停止。", "The connection was closed, so the work was stopped."),
    "internal-error": (
        "服务出错,编号 {id},已记入日志。",
        "The service failed. The log has it under the number {id}.",
    ),
    "queue-full": (
        "已有 {codes} 个任务在等待,请稍后再试。",
        "{codes} jobs are waiting already; try again later.",
    ),
    "busy": ("正在进行的计算已满,请稍后再试。", "Too much is being worked out at the moment; try again later."),
    "tile-not-ready": (
        "该级别的瓦片正在生成,{seconds:g} 秒内未完成,请稍后再试。",
        "What tiles of this zoom are cut from is being made and was not ready within {seconds:g} seconds; "
        "it goes on, so try again later.",
    ),
    "not-answered-in-time": (
        "未能在 {seconds:g} 秒内答复,请稍后再试。",
        "No answer was ready within {seconds:g} seconds; try again later.",
    ),
    "worker-lost": (
        "计算所在的进程中断,请稍后再试。",
        "The process that worked on this ended before it was done; try again later.",
    ),
    "store-unavailable": (
        "数据库暂时没有应答,请稍后再试。",
        "The database does not answer at the moment; try again later.",
    ),
    "not-ready": ("服务尚不能答复查询,见 errors。", "The service cannot answer yet; see errors."),
    "origin-not-allowed": (
        "此网页来源不在 WANGGE_CORS_ORIGINS 之列,或方法、请求头未获许可。",
        "This page's origin is not in WANGGE_CORS_ORIGINS, or the method or a header is not allowed to it.",
    ),
    "unreadable-input": (
        "{reason}",
        "{reason}",
    ),
    "datum-required": (
        "{reason}",
        "{reason}",
    ),
    "coordinates-refused": (
        "{reason}",
        "{reason}",
    ),
    "unknown-plan": (
        "没有草拟中的方案 {plan}。",
        "There is no draft {plan}.",
    ),
    "plan-not-draft": (
        "方案 {plan} 现为 {state};现在可以:{possible}。",
        "Plan {plan} is {state}; possible now: {possible}.",
    ),
    "wrong-state": (
        "方案 {plan} 现为 {state};现在可以:{possible}。",
        "Plan {plan} is {state}; possible now: {possible}.",
    ),
    "region-reserved": (
        "{codes} 已由待生效的方案 {plans} 预留;撤回该方案后方可更改。",
        "{codes} is reserved by the scheduled plan {plans}; it can change once that plan is withdrawn.",
    ),
    "rebase-conflict": (
        "{count} 处双方都有不同的更改,见 features;请在 choices 中逐一选择 mine 或 theirs。",
        "{count} places were changed differently by both sides, see features; choose `mine` or `theirs` for each in "
        "`choices`.",
    ),
    "nothing-repaired": (
        "所选的修复没有一项可以进行。请重新读取修复建议。",
        "None of the repairs that were chosen can be made. Read the proposals again.",
    ),
    "region-gone": (
        "{region} 已不再划分网格,方案无法转到现行版本。请撤回方案,另行拟定。",
        "Grids divide {region} no longer, so the plan cannot be carried over. Withdraw it and draw another.",
    ),
    "nothing-to-undo": (
        "方案没有这么多可撤销的步骤。",
        "The plan does not have as many steps that can be undone.",
    ),
    "nothing-to-redo": (
        "方案没有这么多可重做的步骤。",
        "The plan does not have as many steps that can be redone.",
    ),
    "edit-refused": (
        "第 {number} 项编辑无法进行:{reason}",
        "Edit number {number} cannot be made: {reason}",
    ),
    "building-cut": (
        "第 {number} 项编辑无法进行:{reason}",
        "Edit number {number} cannot be made: {reason}",
    ),
    "not-divided": (
        "{codes} 及其下级没有已发布的网格。",
        "Neither {codes} nor anything below has published grids.",
    ),
    "too-many-steps": (
        "一个方案最多 {limit} 步;请发布后另拟方案。",
        "A plan has at most {limit} steps; publish it and begin another.",
    ),
    "too-many-edits": (
        "一次最多 {limit} 项编辑。",
        "One request may hold at most {limit} edits.",
    ),
    "stale-base": (
        "{codes} 在方案拟定后已有新的发布,请将方案移到新版之上(rebase)。",
        "{codes} was published since the plan was drawn; carry the plan over to what is in force (rebase).",
    ),
    "border-conflict": (
        "{codes} 与已发布的相邻区划争地,见 features。",
        "{codes} claims ground of a published neighbour; see features.",
    ),
    "regions-overlap": (
        "{codes} 彼此重叠,或公共边节点未对齐,见 features。",
        "{codes} overlap, or a node of their border stands on one side only; see features.",
    ),
    "coverage-not-exact": (
        "{codes} 的网格没有不重不漏地覆盖区划,见 features。",
        "The grids of {codes} do not cover the region once and only once; see features.",
    ),
    "code-taken": (
        "编码 {codes} 属于别处,或已停用;编码不得重复使用。",
        "Code {codes} stands elsewhere or is retired; a code is never used again.",
    ),
    "never-back": (
        "{codes} 曾通过验证,不能再作暂定发布。",
        "{codes} was proven once and cannot be provisional again.",
    ),
    "amendment-refused": (
        "在 {codes} 的边界上增加节点会造成更多改变。",
        "A node on the border of {codes} would change more there than add a node.",
    ),
    "tree-broken": (
        "{codes} 没有有效的上级。",
        "{codes} has no valid parent.",
    ),
    "encoding-guessed": (
        "文件未说明编码,推测为 {encoding},读作:{samples}。确认后请指明编码。",
        "The file does not say its encoding; as {encoding} it reads: {samples}. State the encoding if that is right.",
    ),
    "would-vanish": (
        "将移除 {count} 个没有出现在文件中的对象:{codes}。",
        "{count} things that the file has no row for would be taken out: {codes}.",
    ),
    "thing-there": (
        "{codes} 在此期间已由他人新增;请重新导入以比较差异。",
        "{codes} was added by somebody else since the plan was made; import again to see what differs.",
    ),
    "thing-gone": (
        "{codes} 在此期间已被移除,无法更新。",
        "{codes} was taken out since the plan was made and cannot be updated.",
    ),
    "households-orphaned": (
        "建筑 {codes} 将不属于任何网格。",
        "Buildings {codes} would belong to no grid.",
    ),
    "borders-too-close": (
        "{codes} 的边界彼此贴得过近,节点无法对齐。",
        "Borders of {codes} run so close along each other that their nodes cannot be matched.",
    ),
    "nothing-to-publish": (
        "方案没有改变任何内容。",
        "The plan changes nothing.",
    ),
    "rows-refused": (
        "{refused} 行被拒,见 errors。",
        "{refused} rows were refused; see errors.",
    ),
    "coverage-never-accepted": (
        "“{codes}” 是关于覆盖的规则,不能接受:请修复,或以暂行方式发布。",
        "{codes} is a rule about coverage and is never accepted: heal it, or publish the region as provisional.",
    ),
    "already-accepted": (
        "此项发现已被接受,编号 {codes}。",
        "The finding is accepted already, as number {codes}.",
    ),
    "several-findings": (
        "这样的发现不止一项:{codes}。请用 at(经度, 纬度)指明其中一项,见 features。",
        "There are several such findings: {codes}. Choose one by its place with `at` (lon, lat); see features.",
    ),
    "unknown-finding": (
        "已发布的区划中没有这项发现:{codes}。",
        "The published region has no such finding: {codes}.",
    ),
    "unknown-acceptance": (
        "没有编号为 {codes} 的接受记录。",
        "There is no acceptance with the number {codes}.",
    ),
    "blocking-findings": (
        "有 {count} 项必须先解决的问题,见 features。",
        "{count} findings must be mended first; see features.",
    ),
}

TEXTS: dict[str, tuple[str, str]] = {
    **{f"problem.{slug}.title": pair for slug, pair in TITLES.items()},
    **{f"problem.{slug}.detail": pair for slug, pair in DETAILS.items()},
}
