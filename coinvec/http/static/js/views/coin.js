/** One coin type in full. */

import { showCoin } from "../lib/api.js";
import { byId, element } from "../lib/dom.js";
import { yearsInWords } from "../lib/words.js";
import { coinPicture } from "../parts/picture.js";
import { Report } from "../parts/report.js";

const FACTS = {
  country: "Country",
  denomination: "Denomination",
  currency: "Currency",
  value: "Face value",
  composition: "Metal",
  diameter_mm: "Diameter in mm",
  weight_g: "Weight in g",
  shape: "Shape",
  references: "References",
  numista_id: "Numista",
  type: "Identifier",
};

const report = new Report("coin");

/** Nothing to wire up. */
export function start() {}

/** @param {string} type The coin type to show. */
export async function show(type) {
  byId("coin-title").textContent = "";
  byId("coin-facts").replaceChildren();
  byId("coin-pictures").replaceChildren();
  report.busy("Fetching the coin …");
  try {
    const coin = await showCoin(type);
    report.say("");
    byId("coin-title").textContent = coin.title;
    byId("coin-facts").replaceChildren(...facts(coin));
    byId("coin-pictures").replaceChildren(...coin.images.map((image) => side(coin, image)));
  } catch (error) {
    report.fail(error);
  }
}

function facts(coin) {
  return Object.entries(FACTS)
    .filter(([name]) => coin[name] != null && coin[name] !== "")
    .flatMap(([name, words]) => [
      element("dt", {}, words),
      element("dd", {}, String(coin[name])),
    ]);
}

function side(coin, image) {
  const plate = element("div", { class: "plate" }, coinPicture(image.image, coin, 640));
  const origin = [image.credit, image.license].filter(Boolean).join(", ");
  const words = [image.side, yearsInWords(image)].filter(Boolean).join(" · ");
  return element("li", {}, plate, words, ...(origin ? [element("small", {}, origin)] : []));
}
