"""What is said of a certificate? `verify.<part>.<state>` tells what was, or could not be, proven again."""

FILES: dict[str, tuple[str, str]] = {
    "certificate-missing": (
        "{name} 中没有可以读取的证书。",
        "{name} carries no certificate that can be read.",
    ),
    "certificate-not-json": ("证书不是有效的 JSON 对象。", "The certificate is not a valid JSON object."),
    "certificate-malformed": ("证书的 {member} 无法读取。", "The certificate cannot be read at {member}."),
    "certificate-format": (
        "证书的格式为第 {format} 版,本程序只认识第 {known} 版。",
        "The certificate has the format {format}; this program knows format {known}.",
    ),
    "certificate-not-in-format": (
        "{name} 不带证书:只有 wangge export 写出的 .geojson 和 .gpkg 带证书。",
        "{name} carries no certificate: only .geojson and .gpkg files of wangge export do.",
    ),
}

PARTS: dict[str, tuple[str, str]] = {
    "verify.seal.proven": (
        "封印:文件的 {bytes} 个字节自写出后没有改动。",
        "Seal: none of the {bytes} bytes was changed since the file was written.",
    ),
    "verify.seal.failed": (
        "封印:文件写出后被改动过。",
        "Seal: the file was changed after it was written.",
    ),
    "verify.seal.missing": (
        "封印:文件没有封印,或封印已损坏、被截去。",
        "Seal: the file has none; it was never sealed, or the seal was damaged or cut off.",
    ),
    "verify.certificate.proven": (
        "证书:第 {publication} 次发布,{at},{digest}。",
        "Certificate: publication {publication} of {at}, {digest}.",
    ),
    "verify.certificate.failed": (
        "证书:内容与它自己的摘要不符。",
        "Certificate: what it says does not fit its own digest, or says more than can be made of the file.",
    ),
    "verify.things.proven": (
        "内容:{count} 个对象与所证明的完全一致。",
        "Things: all {count} are those that were certified.",
    ),
    "verify.things.failed": (
        "内容:图层 {codes} 与所证明的不符。",
        "Things: not what was certified in {codes}.",
    ),
    "verify.things.unread": (
        "内容:有 {count} 行无法读取,第一行为 {row}:{reason}",
        "Things: {count} rows cannot be read; the first is row {row}: {reason}",
    ),
    "verify.regions.proven": (
        "区划:重新证明 {proven} 个区划内每一点恰属一个网格;{open} 个没有证明,也未作为已证明发布。",
        "Regions: proven again in {proven} that each point has exactly one grid; {open} are not proven and never were.",
    ),
    "verify.regions.failed": (
        "区划:{codes} 与所证明的不符,或其网格并非不重不漏。",
        "Regions: {codes} are not what was certified, or their grids do not cover them once and only once.",
    ),
    "verify.findings.proven": (
        "检查:按文件所载规则限值重新检查,结果相同:必须解决 {blocking},提示 {warning},说明 {note}"
        "(其中已接受 {accepted})。",
        "Findings: checked again by the limits in the file, the same {blocking} blocking, {warning} warnings and "
        "{note} notes ({accepted} of them accepted).",
    ),
    "verify.findings.failed": (
        "检查:按文件所载规则限值重新检查,结果不同。",
        "Findings: checked again by the limits in the file, others came out.",
    ),
    "verify.findings.unknown": (
        "检查:证书依据第 {version} 版规则,本程序为第 {known} 版,无法比较。",
        "Findings: certified under rules of version {version}; this program has version {known} and cannot compare.",
    ),
    "verify.findings.unsaid": (
        "检查:文件只含部分图层,证书不含检查结果。",
        "Findings: the file has only some layers, so that nothing was judged.",
    ),
    "verify.coverage.proven": (
        "覆盖:{units} 个划分区划中 {units_covered} 个已全覆盖;{area_m2:.0f} 平方米中有网格的 {area_covered_m2:.0f};"
        "{households} 户中有网格的 {households_covered}。",
        "Coverage: {units_covered} of {units} divided regions; {area_covered_m2:.0f} of {area_m2:.0f} m²; "
        "{households_covered} of {households} households.",
    ),
    "verify.coverage.failed": (
        "覆盖:数字与所证明的不符。",
        "Coverage: the figures are not those that were certified.",
    ),
    "verify.coverage.unknown": (
        "覆盖:证书依据第 {version} 版规则,本程序为第 {known} 版,无法比较。",
        "Coverage: certified under rules of version {version}; this program has version {known} and cannot compare.",
    ),
    "verify.coverage.unsaid": (
        "覆盖:文件只含部分图层,证书不含数字。",
        "Coverage: the file has only some layers, so that nothing was counted.",
    ),
    "verify.service.proven": (
        "出处:与所给证书 {digest} 为同一份。",
        "Source: it is the very certificate {digest} that was given.",
    ),
    "verify.service.failed": (
        "出处:与所给证书不是同一份。",
        "Source: it is not the certificate that was given, nor a part of that publication.",
    ),
    "verify.service.unknown": (
        "出处:文件只是该次发布的一部分;其 {regions} 个区划的边界和网格与所给证书一致,其余内容无从对照。",
        "Source: the file is a part of that publication; outlines and grids of its {regions} regions are those of the "
        "given certificate, which says nothing of the rest.",
    ),
    "verify.proven": ("已证实。", "Verified."),
    "verify.failed": ("未通过:不要使用此文件。", "Refused: do not use this file."),
    "verify.unknown": ("部分内容无法证实。", "Not everything could be verified."),
}

TEXTS: dict[str, tuple[str, str]] = {**{f"file.{id_}": pair for id_, pair in FILES.items()}, **PARTS}
