/** What is chosen in a filter form, as an expression with bound values. */

const CONDITIONS = {
  country: "country = :country",
  denomination: "denomination = :denomination",
  year: "year = :year",
};

/**
 * The filled fields of a filter form.
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>} By column; an invalid field counts as empty.
 */
export function chosenIn(form) {
  const chosen = {};
  for (const column of Object.keys(CONDITIONS)) {
    const field = form.elements[column];
    const text = field.value.trim();
    if (text && field.validity.valid) chosen[column] = text;
  }
  return chosen;
}

/**
 * Adds the filter to what is sent: `where` names columns and parameters only, and what a person
 * typed goes as the value of `param.NAME`.
 * @param {FormData|URLSearchParams} target
 * @param {Record<string, string>} chosen By column.
 */
export function addFilter(target, chosen) {
  const columns = Object.keys(CONDITIONS).filter((column) => column in chosen);
  if (!columns.length) return;
  target.append("where", columns.map((column) => CONDITIONS[column]).join(" AND "));
  for (const column of columns) target.append(`param.${column}`, chosen[column]);
}
