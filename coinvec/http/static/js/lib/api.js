/** The HTTP API of the server this page came from. */

import { addFilter } from "./filter.js";
import { credentials } from "./key.js";

/** A refusal by the server (RFC 9457 problem details), or no answer at all. */
export class ApiError extends Error {
  /**
   * @param {string} message What was refused and why.
   * @param {string} hint What to do instead; may be empty.
   * @param {number} status Of the response; 0 without one.
   */
  constructor(message, hint, status) {
    super(message);
    this.name = "ApiError";
    this.hint = hint;
    this.status = status;
  }

  /** Whether another key would help. */
  get wantsKey() {
    return this.status === 401 || this.status === 403;
  }
}

/**
 * Looks a coin up by one photo or two.
 * @param {{photos: Array<import("./photo.js").Photo>, chosen: Record<string, string>,
 *   allCoins: boolean, signal: AbortSignal}} query
 * @returns {Promise<object>} The search JSON; `{coins: […]}` where all coins were asked for.
 */
export function search({ photos, chosen, allCoins, signal }) {
  const body = new FormData();
  photos.forEach(({ blob, name }, place) => body.append(place ? "image2" : "image", blob, name));
  addFilter(body, chosen);
  if (allCoins) body.append("all_coins", "true");
  return request("v1/search", { method: "POST", body, signal });
}

/**
 * A page of the catalogue.
 * @param {{chosen: Record<string, string>, cursor: string|null, limit: number,
 *   signal: AbortSignal}} query
 * @returns {Promise<object>}
 */
export function listCoins({ chosen, cursor, limit, signal }) {
  const query = new URLSearchParams({ limit: String(limit) });
  addFilter(query, chosen);
  if (cursor) query.append("cursor", cursor);
  return request(`v1/coins?${query}`, { signal });
}

/**
 * One coin type with its pictures.
 * @param {string} type
 * @returns {Promise<object>}
 */
export function showCoin(type) {
  return request(`v1/coins/${encodeURIComponent(type)}`, {});
}

/**
 * Adds a coin.
 * @param {FormData} body Manifest columns, and photos as `obverse` and `reverse`.
 * @returns {Promise<object>} The import report.
 */
export function addCoin(body) {
  return request("v1/coins", { method: "POST", body });
}

/**
 * The values of coins with their counts, the most frequent first.
 * @param {Record<string, string>} chosen Of which coins.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Record<string, Array<{value: string, count: number}>>>} As `countries`,
 *   `denominations` and `currencies`.
 */
export function listFacets(chosen, signal) {
  const query = new URLSearchParams();
  addFilter(query, chosen);
  return request(`v1/facets?${query}`, { signal });
}

async function request(path, options) {
  const url = new URL(path, document.baseURI);
  const answer = await fetch(url, { ...options, headers: credentials() }).catch((failure) => {
    if (failure.name === "AbortError") throw failure;
    throw new ApiError("The server does not answer.", "Check your connection, then try again.", 0);
  });
  const json = await answer.json().catch(() => null);
  if (!answer.ok || json === null) throw refusal(answer, json);
  return json;
}

function refusal(answer, problem) {
  const message = problem?.detail || problem?.title || `The server answered ${answer.status}.`;
  return new ApiError(message, problem?.hint ?? "", answer.status);
}
