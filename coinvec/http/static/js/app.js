/** Starts the views and shows the one that the address names: `#/search`, `#/coin/TYPE` … */

import { byId } from "./lib/dom.js";
import { refreshSuggestions } from "./parts/suggestions.js";
import * as add from "./views/add.js";
import * as browse from "./views/browse.js";
import * as coin from "./views/coin.js";
import * as key from "./views/key.js";
import * as search from "./views/search.js";

const VIEWS = { search, browse, coin, add, key };
const FIRST = "search";

function route() {
  const [, name, argument] = /^#\/([a-z]+)(?:\/(.+))?$/.exec(location.hash) ?? [];
  return name in VIEWS ? { name, argument: argument && decoded(argument) } : { name: FIRST };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand: the server says that there is no such coin
  }
}

function showRoute({ moved }) {
  const { name, argument } = route();
  for (const view of Object.keys(VIEWS)) byId(view).hidden = view !== name;
  markTab(name === "coin" ? "browse" : name);
  VIEWS[name].show(argument);
  if (!moved) return;
  window.scrollTo(0, 0);
  byId(`${name}-title`).focus({ preventScroll: true });
}

function markTab(name) {
  for (const tab of document.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

for (const view of Object.values(VIEWS)) view.start();
window.addEventListener("hashchange", () => {
  // Other fragments, such as the skip link's, are places within the view.
  if (location.hash.startsWith("#/")) showRoute({ moved: true });
});
showRoute({ moved: false });
refreshSuggestions().catch(() => {}); // fields work without; a missing key is told when it matters
navigator.serviceWorker?.register("service-worker.js").catch(() => {}); // none in private windows
