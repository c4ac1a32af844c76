/** What the catalogue holds: suggestions for every field that has a list. */

import { listFacets } from "../lib/api.js";
import { byId, element } from "../lib/dom.js";

const LISTS = ["countries", "denominations"];

/** Asks for the values of the catalogue and offers them in the fields. */
export async function refreshSuggestions() {
  const facets = await listFacets({});
  for (const list of LISTS) {
    const options = facets[list].map(({ value }) => element("option", { value }));
    byId(list).replaceChildren(...options);
  }
}
