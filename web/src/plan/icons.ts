// What does each tool look like? Lines of 24 by 24, in the colour of the text beside them.
const NAMESPACE = "http://www.w3.org/2000/svg";

export type Icon = "move" | "split" | "reshape" | "merge" | "assign" | "name" | "draw" | "blocks" | "undo" | "redo";

const PATHS: Record<Icon, string> = {
  move: "M4 19 9 8l7 4 4-8M9 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M16 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5",
  split: "M4 5h16v14H4zM13.5 2l-3 20",
  reshape: "M4 18h3c4 0 2-11 6-11s2 11 5 11h2M4 12h3m3.500 0h3m3.500 0h3",
  merge: "M4 5h16v14H4zM12 5v3.500M12 15.500V19M7 12h10M9.500 9.500 7 12l2.500 2.500M14.500 9.500 17 12l-2.500 2.500",
  assign: "M4 5h8v14H4zM12 8h8v8h-8M8 12h8M13.500 9.500 16 12l-2.500 2.500",
  name: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  draw: "M4 4h6.500v6.500H4zM13.500 4H20v6.500h-6.500zM4 13.500h6.500V20H4zM16.750 13v7.500M13 16.750h7.500",
  blocks: "M4 4h6v5H4zM13 4h7v8h-7zM4 12h6v8H4zM13 15h7v5h-7z",
  undo: "M9 6 4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3",
  redo: "M15 6l5 5-5 5M20 11H10a5 5 0 0 0 0 10h3",
};

export function icon(name: Icon): SVGElement {
  const drawing = document.createElementNS(NAMESPACE, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
