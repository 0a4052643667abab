// In which order are findings told? By rule: what blocks first, then what is most frequent.
import type { Finding, Severity } from "./answers";

export interface Group {
  rule: string;
  severity: Severity;
  findings: Finding[];
}

const WEIGHT: Record<Severity, number> = { blocking: 0, warning: 1, note: 2 };

/** One group for each rule and severity; the order inside is the service's. What somebody accepted is a note. */
export function grouped(findings: Finding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const severity = finding.accepted === undefined ? finding.severity : "note";
    const key = `${severity} ${finding.rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rule: finding.rule, severity, findings: [finding] });
    else group.findings.push(finding);
  }
  return [...groups.values()].sort(
    (a, b) => WEIGHT[a.severity] - WEIGHT[b.severity] || b.findings.length - a.findings.length,
  );
}
