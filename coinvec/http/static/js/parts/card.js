/** One coin type as a card. */

import { fill, fromTemplate } from "../lib/dom.js";
import { yearsInWords } from "../lib/words.js";
import { coinPicture } from "./picture.js";

/**
 * A card for a hit of a search, or for a coin of the catalogue.
 * @param {object} coin Has `type`, `title`, `country`, `denomination`, years, and `similarity`
 *   where it is a hit.
 * @returns {HTMLLIElement}
 */
export function coinCard(coin) {
  const card = fromTemplate("card-template");
  fill(card, {
    title: coin.title,
    origin: originOf(coin),
    years: yearsInWords(coin),
  });
  card.querySelector("a").href = `#/coin/${encodeURIComponent(coin.type)}`;
  card.querySelector(".plate").append(coinPicture(coin.image ?? null, coin));
  if (coin.similarity !== undefined) showLikeness(card, coin.similarity);
  return card;
}

/** Country and denomination, unless the title says just that. */
function originOf({ title, country, denomination }) {
  return title === `${country}, ${denomination}` ? "" : `${country} · ${denomination}`;
}

function showLikeness(card, similarity) {
  fill(card, { likeness: `${similarity.toFixed(2)} alike` });
  const line = card.querySelector(".likeness");
  line.querySelector("meter").value = similarity;
  line.hidden = false;
}
