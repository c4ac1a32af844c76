/** Photos in, coins out. */

import { search } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { chosenIn } from "../lib/filter.js";
import { counted, verdictInWords } from "../lib/words.js";
import { answerSection } from "../parts/answer.js";
import { takeLivePhoto } from "../parts/camera.js";
import { Report } from "../parts/report.js";
import { Well } from "../parts/well.js";

const report = new Report("search");
const wells = ["well-0", "well-1"].map((id) => new Well(byId(id), askAgain));
const filter = byId("search-filter");
let asking = new AbortController();

/** Wires the view up. */
export function start() {
  for (const id of ["shoot", "choose"]) {
    byId(id).addEventListener("change", ({ target }) => {
      const files = [...target.files];
      target.value = ""; // so that the same photo can be chosen again
      takeIn(files);
    });
  }
  byId("live").addEventListener("click", takeLive);
  filter.addEventListener("change", askAgain);
  filter.addEventListener("submit", (event) => event.preventDefault());
  acceptDrops(byId("tray"));
}

/** Nothing to refresh: what was found stays until the next photo. */
export function show() {}

async function takeLive() {
  try {
    const photo = await takeLivePhoto();
    if (photo) await takeIn([photo]);
  } catch (error) {
    report.fail(error);
  }
}

function acceptDrops(tray) {
  for (const [event, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    tray.addEventListener(event, (dragged) => {
      dragged.preventDefault();
      tray.toggleAttribute("data-over", over);
    });
  }
  tray.addEventListener("drop", ({ dataTransfer }) => takeIn([...dataTransfer.files]));
}

/** Photos fill the empty places; a full tray begins anew, for then it is the next coin. */
async function takeIn(files) {
  if (!files.length) return;
  if (wells.every((well) => well.photo)) wells.forEach((well) => well.clear());
  const empty = wells.filter((well) => !well.photo);
  for (const [place, file] of files.slice(0, empty.length).entries()) await empty[place].put(file);
  await askAgain();
}

async function askAgain() {
  showChoices();
  asking.abort();
  byId("answers").replaceChildren();
  const full = wells.filter((well) => well.photo);
  if (!full.length) return report.say("");
  asking = new AbortController();
  report.busy("Looking for the coin …");
  try {
    showAnswer(await search(queryOf(full, asking.signal)), full);
  } catch (error) {
    report.fail(error);
  }
}

function queryOf(full, signal) {
  const photos = full.map((well) => well.photo);
  return { photos, chosen: chosenIn(filter), allCoins: allCoins(), signal };
}

function showAnswer(answer, full) {
  const coins = allCoins() ? answer.coins : [answer];
  const named = coins.map((coin, place) =>
    answerSection(coin, coins.length > 1 ? `Coin ${place + 1}` : ""),
  );
  byId("answers").replaceChildren(...named);
  full.forEach((well, photo) => well.outline(foundIn(coins, photo)));
  report.announce(inWords(coins));
  showChoices();
  // On a phone the answer lies below the photo.
  byId("answers").querySelector(".verdict")?.scrollIntoView({ block: "nearest" });
}

/** A photo's entries of `coins_in_picture`: one answer has one for each photo. */
function foundIn(coins, photo) {
  return coins.map((coin) => coin.coins_in_picture[photo]);
}

function inWords(coins) {
  if (coins.length !== 1) return `${counted(coins.length, "coin")} found in the photo.`;
  const { headline, explanation } = verdictInWords(coins[0]);
  return `${headline}. ${explanation}`;
}

function allCoins() {
  return byId("all-coins").checked;
}

function showChoices() {
  const chosen = Object.values(chosenIn(filter));
  byId("search-chosen").textContent = chosen.join(" · ");
  const second = wells[0].photo !== null && wells[1].photo === null && !allCoins();
  const done = wells.every((well) => well.photo);
  const [another, next] = ["Add the other side", "Next coin"];
  byId("shoot-words").textContent = done ? next : second ? another : "Take a photo";
}
