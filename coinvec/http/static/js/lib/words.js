/** Numbers and verdicts in words. */

/**
 * The years of a coin.
 * @param {{year_from: number|null, year_to: number|null}} coin
 * @returns {string} Empty where no year is known.
 */
export function yearsInWords({ year_from: first, year_to: last }) {
  if (first == null && last == null) return "";
  if (first == null) return `until ${year(last)}`;
  if (last == null) return `since ${year(first)}`;
  return first === last ? year(first) : `${year(first)} – ${year(last)}`;
}

/**
 * A count with its noun.
 * @param {number} number
 * @param {string} noun In the singular.
 * @returns {string} `1 coin`, `2,000 coins`.
 */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * A verdict for people.
 * @param {object} answer As `POST /v1/search` gives it.
 * @returns {{headline: string, explanation: string}}
 */
export function verdictInWords(answer) {
  const best = answer.hits[0];
  if (!best) {
    return {
      headline: "Nothing to compare with",
      explanation: "No coin of the catalogue matches what you narrowed it down to.",
    };
  }
  if (answer.verdict === "match") {
    return { headline: best.title, explanation: "A match: this is the coin." };
  }
  if (answer.verdict === "unknown") {
    return {
      headline: "Not in this catalogue",
      explanation: "Nothing here looks like this coin. These come nearest.",
    };
  }
  return {
    headline: `Perhaps ${best.title}`,
    explanation: answer.calibrated
      ? "Several coins look like this. Compare them, or add the other side."
      : "These look most alike; this catalogue's encoder cannot say how sure that is.",
  };
}

// Astronomical years, as the catalogue has them: 0 is 1 BC, -43 is 44 BC.
function year(number) {
  return number > 0 ? String(number) : `${1 - number} BC`;
}
