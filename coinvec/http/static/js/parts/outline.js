/** The rim of each coin as it was found, drawn over the photo. */

import { svgElement } from "../lib/dom.js";

/**
 * Draws the ellipses of coins over a photo, numbered where there are several.
 * @param {SVGSVGElement} drawing Lies over the photo and is fitted as the photo is.
 * @param {{width: number, height: number}} size Of the upright photo that was searched, in pixels.
 * @param {Array<object>} coins Entries of `coins_in_picture` that speak of this photo.
 */
export function drawOutline(drawing, { width, height }, coins) {
  const found = coins.filter((coin) => coin.found);
  drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  drawing.setAttribute("preserveAspectRatio", "xMidYMid meet");
  drawing.setAttribute("aria-label", inWords(found.length));
  drawing.replaceChildren(
    ...found.flatMap((coin, place) => [
      ...rings(coin.ellipse),
      ...(found.length > 1 ? [number(coin.ellipse, place + 1)] : []),
    ]),
  );
}

/** Takes the outline away. */
export function clearOutline(drawing) {
  drawing.replaceChildren();
  drawing.setAttribute("aria-label", "No coin outlined yet");
}

function inWords(count) {
  if (count === 0) return "No coin was found in this photo";
  return count === 1 ? "The coin is outlined" : `${count} coins are outlined`;
}

function rings([cx, cy, rx, ry, degrees]) {
  const place = { cx, cy, rx, ry, transform: `rotate(${degrees} ${cx} ${cy})`, pathLength: 1 };
  return ["halo", "rim"].map((name) => svgElement("ellipse", { ...place, class: name }));
}

function number([cx, cy, rx, ry], text) {
  const label = svgElement("text", { x: cx, y: cy, "font-size": Math.min(rx, ry) * 0.7 });
  label.textContent = text;
  return label;
}
