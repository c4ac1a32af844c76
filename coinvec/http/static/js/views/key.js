/** The key of this browser tab. */

import { byId } from "../lib/dom.js";
import { currentKey, forgetKey, useKey } from "../lib/key.js";

const form = byId("key-form");
const status = byId("key-status");

/** Wires the view up. */
export function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    useKey(form.elements.key.value.trim());
    form.reset();
    show();
  });
  byId("forget").addEventListener("click", () => {
    forgetKey();
    show();
  });
}

/** Says whether there is a key; never which. */
export function show() {
  const has = currentKey() !== null;
  status.textContent = has ? "This tab uses a key." : "This tab has no key.";
  byId("forget").hidden = !has;
}
