/** The catalogue, page by page, narrowed down by what it holds. */

import { listCoins, listFacets } from "../lib/api.js";
import { byId, element, fill, fromTemplate } from "../lib/dom.js";
import { chosenIn } from "../lib/filter.js";
import { counted } from "../lib/words.js";
import { coinCard } from "../parts/card.js";
import { Report } from "../parts/report.js";
import { refreshSuggestions } from "../parts/suggestions.js";

const PAGE = 24;
const CHOICES = 12; // the most frequent; the fields suggest the rest
const FACETS = [
  { column: "country", list: "countries", name: "Countries" },
  { column: "denomination", list: "denominations", name: "Denominations" },
];

const report = new Report("browse");
const filter = byId("browse-filter");
const shelf = byId("shelf");
let asking = new AbortController();
let cursor = null;

/** Wires the view up. */
export function start() {
  filter.addEventListener("change", reload);
  filter.addEventListener("submit", (event) => event.preventDefault());
  byId("more").addEventListener("click", () => load(shelf.childElementCount));
}

/** Shows the catalogue as it is now. */
export async function show() {
  refreshSuggestions().catch(() => {}); // fields work without; the list says what is wrong
  await reload();
}

async function reload() {
  cursor = null;
  shelf.replaceChildren();
  byId("more").hidden = true;
  await load(0);
}

/** @param {number} place Where the new coins begin; from the second page on, focus goes there. */
async function load(place) {
  asking.abort();
  asking = new AbortController();
  report.busy("Looking through the catalogue …");
  try {
    const { signal } = asking;
    const chosen = chosenIn(filter);
    if (!place) await showFacets(chosen, signal);
    showPage(await listCoins({ chosen, cursor, limit: PAGE, signal }));
    if (place) shelf.children[place]?.querySelector("a").focus();
  } catch (error) {
    report.fail(error);
  }
}

function showPage(page) {
  shelf.append(...page.coins.map(coinCard));
  cursor = page.next_cursor;
  byId("more").hidden = cursor === null;
  report.say(inWords(shelf.childElementCount, page.total_matching));
}

function inWords(shown, total) {
  if (total === 0) return "No coin matches.";
  return shown < total ? `${shown} of ${counted(total, "coin")}` : counted(total, "coin");
}

/** Each facet counts the coins that the other choices leave. */
async function showFacets(chosen, signal) {
  const groups = FACETS.map(async ({ column, list, name }) => {
    const { [column]: own, ...others } = chosen;
    const facets = await listFacets(others, signal);
    return facet({ column, name, values: facets[list], own });
  });
  const made = await Promise.all(groups);
  const { column, value } = document.activeElement.dataset;
  byId("facets").replaceChildren(...made);
  // What had the focus was made anew: a keyboard goes on from where it was.
  if (value !== undefined) buttonOf(column, value)?.focus();
}

function facet({ column, name, values, own }) {
  const group = fromTemplate("facet-template");
  fill(group, { name });
  const choices = values.slice(0, CHOICES).map((each) => choice(column, each, own));
  group.querySelector(".choices").append(...choices);
  return group;
}

function choice(column, { value, count }, own) {
  const shown = element("span", {}, count.toLocaleString("en"));
  const button = element("button", { type: "button", class: "choice" }, value, shown);
  button.setAttribute("aria-pressed", String(value === own));
  Object.assign(button.dataset, { column, value });
  button.addEventListener("click", () => {
    filter.elements[column].value = value === own ? "" : value;
    reload();
  });
  return button;
}

function buttonOf(column, value) {
  const buttons = [...byId("facets").querySelectorAll("button")];
  return buttons.find(({ dataset }) => dataset.column === column && dataset.value === value);
}
