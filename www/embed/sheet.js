// The styles of an embedded run as text, for a sheet that a Content-Security-Policy has nothing against. A
// bundle holds them already, and brings another one of this function (xtask/bundle.mjs).

const FILES = ["../palette.css", "../stage/stage.css", "embed.css"];

/** @returns {Promise<string>} */
export async function sheetText() {
  const texts = await Promise.all(FILES.map(async (file) => (await fetch(new URL(file, import.meta.url))).text()));
  return texts.join("\n");
}
