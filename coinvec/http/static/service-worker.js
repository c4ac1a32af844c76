/**
 * Keeps the page itself (never an answer, never a picture of a coin) for when there is no network.
 * The network is asked first, so that an updated server is an updated page.
 */

const SHELF = "coinvec-page-1";
const PAGE = [
  "./",
  "css/base.css",
  "css/cards.css",
  "css/forms.css",
  "css/frame.css",
  "css/tray.css",
  "icons/icon.svg",
  "icons/icon-192.png",
  "js/app.js",
  "js/lib/api.js",
  "js/lib/dom.js",
  "js/lib/filter.js",
  "js/lib/key.js",
  "js/lib/photo.js",
  "js/lib/words.js",
  "js/parts/answer.js",
  "js/parts/camera.js",
  "js/parts/card.js",
  "js/parts/outline.js",
  "js/parts/picture.js",
  "js/parts/report.js",
  "js/parts/suggestions.js",
  "js/parts/well.js",
  "js/views/add.js",
  "js/views/browse.js",
  "js/views/coin.js",
  "js/views/key.js",
  "js/views/search.js",
  "manifest.webmanifest",
].map((path) => new URL(path, self.registration.scope).href);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(PAGE)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShelves().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split(/[?#]/, 1)[0];
  if (event.request.method === "GET" && PAGE.includes(address)) {
    event.respondWith(fromNetworkElseShelf(event.request, address));
  }
});

async function dropOldShelves() {
  const old = (await caches.keys()).filter((name) => name !== SHELF);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function fromNetworkElseShelf(request, address) {
  const shelf = await caches.open(SHELF);
  try {
    const answer = await fetch(request);
    if (answer.ok) await shelf.put(address, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await shelf.match(address);
    if (kept) return kept;
    throw failure;
  }
}
