// What does the hatching of provisional ground look like?
import type { StyleImageMetadata } from "maplibre-gl";

const SIDE = 16; // pixels of the repeated square, drawn for a screen of two pixels a point
const STROKE = 2;

export const HATCH_OPTIONS: Partial<StyleImageMetadata> = { pixelRatio: 2 };

/** Diagonal lines of one colour on nothing, seamless when repeated. */
export function hatch(colour: string): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  if (pen === null) return new ImageData(SIDE, SIDE);
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.5;
  pen.lineWidth = STROKE;
  pen.beginPath();
  for (const start of [-SIDE, 0, SIDE]) {
    pen.moveTo(start - STROKE, SIDE + STROKE);
    pen.lineTo(start + SIDE + STROKE, -STROKE);
  }
  pen.stroke();
  return pen.getImageData(0, 0, SIDE, SIDE);
}
