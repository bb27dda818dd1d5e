// Keeps the playground for times without a network: everything it is made of, as of one version. The list
// that stands before this line is written by `cargo xtask dist`; another list is another version.
/* global FILES, VERSION */

const CACHE = `consensus-playground-${VERSION}`;
/** The folder that this file lies in, which may be any. */
const ROOT = new URL("./", self.location.href);

self.addEventListener("install", (event) => {
  const addresses = FILES.map((file) => new Request(new URL(file, ROOT), { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(addresses)));
});

// A version takes over when no page of the one before is open: two of them never mix.
self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("consensus-playground-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || !address.href.startsWith(ROOT.href)) return;
  event.respondWith(caches.open(CACHE)
    .then((cache) => cache.match(request, { ignoreSearch: true, ignoreVary: true }))
    .then((kept) => kept ?? fetch(request)));
});
