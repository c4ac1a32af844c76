/** The answer to a search: the verdict in words and the coins as cards. */

import { element, fill, fromTemplate } from "../lib/dom.js";
import { counted, verdictInWords } from "../lib/words.js";
import { coinCard } from "./card.js";

const SEALS = {
  match: "M12 20.5l5.5 5.5L28.5 14.5",
  ambiguous: "M15 16a5 5 0 1 1 7 4.6c-1.6.8-2 1.8-2 3.4M20 29v.1",
  unknown: "M12 20h16",
};

/**
 * One answer.
 * @param {object} answer As `POST /v1/search` gives it.
 * @param {string} [name] What to call the coin where the photo shows several.
 * @returns {HTMLElement}
 */
export function answerSection(answer, name = "") {
  const section = fromTemplate("answer-template");
  const { headline, explanation } = verdictInWords(answer);
  section.dataset.verdict = answer.verdict;
  section.querySelector(".seal path").setAttribute("d", SEALS[answer.verdict]);
  fill(section, {
    headline: name ? `${name}: ${headline}` : headline,
    explanation,
    measure: measureInWords(answer),
  });
  section.querySelector(".cards").append(...answer.hits.map(coinCard));
  showWarnings(section.querySelector(".warnings"), answer.warnings ?? []);
  return section;
}

function measureInWords({ hits, total_matching: total, timings_ms: timings }) {
  return `${hits.length} of ${counted(total, "coin")}, in ${Math.round(timings.total)} ms`;
}

function showWarnings(list, warnings) {
  list.hidden = warnings.length === 0;
  list.append(...warnings.map((warning) => element("li", {}, warning)));
}
