// The styles of what opens, as sheet.js has those of what is there from the start.

const FILES = ["../popover.css", "hands.css"];

/** @returns {Promise<string>} */
export async function handSheetText() {
  const texts = await Promise.all(FILES.map(async (file) => (await fetch(new URL(file, import.meta.url))).text()));
  return texts.join("\n");
}
