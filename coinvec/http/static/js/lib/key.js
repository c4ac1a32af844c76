/** The API key of this browser tab; it is never written to disk. */

const NAME = "coinvec-key";

/** @returns {string|null} */
export function currentKey() {
  return sessionStorage.getItem(NAME);
}

/** @param {string} key */
export function useKey(key) {
  sessionStorage.setItem(NAME, key);
}

/** Forgets the key. */
export function forgetKey() {
  sessionStorage.removeItem(NAME);
}

/** @returns {Record<string, string>} The headers that a request to the API carries. */
export function credentials() {
  const key = currentKey();
  return key ? { Authorization: `Bearer ${key}` } : {};
}
