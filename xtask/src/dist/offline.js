// Where the browser can keep the playground for times without a network, it does. It need not.
navigator.serviceWorker?.register(new URL("sw.js", import.meta.url)).catch(() => {});
