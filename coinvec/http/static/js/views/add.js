/** A new coin for the catalogue. */

import { addCoin } from "../lib/api.js";
import { byId, element } from "../lib/dom.js";
import { counted } from "../lib/words.js";
import { Report } from "../parts/report.js";
import { refreshSuggestions } from "../parts/suggestions.js";

const report = new Report("add");
const form = byId("add-form");

/** Wires the view up. */
export function start() {
  form.addEventListener("submit", submit);
  for (const name of ["obverse", "reverse"]) {
    form.elements[name].addEventListener("change", ({ target }) => showPhotos(target));
  }
}

/** Offers what the catalogue holds by now. */
export async function show() {
  await refreshSuggestions().catch(() => {}); // the form works without suggestions
}

function showPhotos(field) {
  const well = field.closest(".well");
  const strip = well.querySelector(".strip");
  for (const shown of strip.children) URL.revokeObjectURL(shown.src);
  strip.replaceChildren(...[...field.files].map((file) => preview(file)));
  strip.hidden = field.files.length === 0;
  well.toggleAttribute("data-empty", field.files.length === 0);
}

function preview(file) {
  return element("img", { src: URL.createObjectURL(file), alt: file.name });
}

async function submit(event) {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  report.busy("Adding the coin …");
  try {
    const body = filled();
    showReport(await addCoin(body));
  } catch (error) {
    report.fail(error);
  } finally {
    button.disabled = false;
  }
}

/** What was filled in; an empty field is left out, for it says nothing about the coin. */
function filled() {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File ? value.size : value.trim()) body.append(name, value);
  }
  if (!body.has("obverse") && !body.has("reverse")) {
    throw Object.assign(new Error("There is no photo yet."), { hint: "Add one of either side." });
  }
  return body;
}

function showReport({ added, unchanged, updated, rejected }) {
  if (rejected.length) {
    const reasons = rejected.map(({ error }) => error).join(" ");
    throw new Error(`${counted(added, "photo")} added, ${rejected.length} refused: ${reasons}`);
  }
  if (added) {
    const country = form.elements.country.value;
    form.reset(); // with the same country again: coins come in bags
    form.elements.country.value = country;
    [form.elements.obverse, form.elements.reverse].forEach(showPhotos);
    return report.say(`Added, with ${counted(added, "photo")}.`);
  }
  return report.say(`Already known: ${counted(unchanged + updated, "photo")}.`);
}
