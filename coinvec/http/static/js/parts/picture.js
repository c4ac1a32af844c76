/** The picture of a catalogued coin, or one drawn in its place. */

import { fromTemplate } from "../lib/dom.js";
import { credentials, currentKey } from "../lib/key.js";

/**
 * A coin's picture that appears when it has come, and a drawn coin until then or for good.
 * @param {string|null} address Of the kept picture; null where there is none.
 * @param {{title: string, denomination: string}} coin
 * @param {number} size Pixels of the longer side that suffice: 160, 320, 640 or 1280.
 * @returns {Element} To be placed; it replaces itself when the picture has come.
 */
export function coinPicture(address, coin, size = 320) {
  const drawn = drawnCoin(coin);
  if (address) showWhenCome(address, coin.title, size, drawn);
  return drawn;
}

function drawnCoin({ title, denomination }) {
  const drawn = fromTemplate("placeholder-template");
  drawn.setAttribute("aria-label", `No picture of ${title}`);
  drawn.querySelector("text").textContent = /\d+(?:[./]\d+)?/.exec(denomination)?.[0] ?? "?";
  return drawn;
}

async function showWhenCome(address, title, size, drawn) {
  const picture = new Image();
  picture.alt = title;
  picture.decoding = "async";
  picture.addEventListener("load", () => drawn.replaceWith(picture), { once: true });
  const url = new URL(address, document.baseURI);
  url.searchParams.set("size", String(size));
  picture.src = currentKey() === null ? url.href : await fetched(url);
}

/** An <img> sends no key, so the picture is fetched with it. */
async function fetched(url) {
  const answer = await fetch(url, { headers: credentials() }).catch(() => null);
  if (!answer?.ok) return "";
  return URL.createObjectURL(await answer.blob());
}
