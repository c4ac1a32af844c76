/** What happens, said where it happens and to screen readers; and what went wrong. */

import { ApiError } from "../lib/api.js";
import { byId, fill, fromTemplate } from "../lib/dom.js";

/** The status line and the place for trouble of one view. */
export class Report {
  /** @param {string} view Id of the view; `<view>-status` and `<view>-trouble` are its places. */
  constructor(view) {
    this.status = byId(`${view}-status`);
    this.trouble = byId(`${view}-trouble`);
  }

  /** @param {string} words Work that has begun. */
  busy(words) {
    this.say(words);
    this.status.dataset.busy = "";
  }

  /** @param {string} words What the page shows already; only screen readers are told. */
  announce(words) {
    this.say(words);
    this.status.classList.add("unseen");
  }

  /** @param {string} words What is now the case. */
  say(words) {
    delete this.status.dataset.busy;
    this.status.classList.remove("unseen");
    this.trouble.replaceChildren();
    this.status.textContent = words;
  }

  /**
   * Shows an error with what to do about it; an abandoned request is none.
   * @param {Error} error
   */
  fail(error) {
    if (error.name === "AbortError") return;
    this.say("");
    const box = fromTemplate("trouble-template");
    fill(box, { what: error.message, advice: error.hint ?? "" });
    const wantsKey = error instanceof ApiError && error.wantsKey;
    box.querySelector("a").parentElement.hidden = !wantsKey;
    this.trouble.replaceChildren(box);
  }
}
