// A plain text area with line numbers and one line that can be marked as wrong; no more than a
// scenario needs, and it behaves like every text field the browser has.

import { h } from "../dom.js";

const LINE_HEIGHT = 20;
const PAD = 8;
/** Beyond this many lines numbers cost more than they tell. */
const NUMBERED_MAX = 20_000;

export class Editor {
  /** @param {{ label: string, onInput: () => void, onApply: () => void }} given */
  constructor({ label, onInput, onApply }) {
    this.numbers = h("pre", { class: "editor-numbers", "aria-hidden": "true" });
    this.mark = h("div", { class: "editor-mark", hidden: true });
    this.area = h("textarea", {
      class: "editor-text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", "aria-label": label,
    });
    this.root = h("div", { class: "editor" }, this.numbers, h("div", { class: "editor-paper" }, this.mark, this.area));
    this.count = 0;
    /** The marked line and column, from one. @type {{ line: number, column: number } | null} */
    this.wrong = null;
    this.area.addEventListener("input", () => {
      this.number();
      onInput();
    });
    this.area.addEventListener("scroll", () => this.follow());
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        onApply();
      }
      // The page's own keys mean nothing while somebody writes.
      event.stopPropagation();
    });
  }

  get text() {
    return this.area.value;
  }

  /** @param {string} text */
  set text(text) {
    if (text === this.area.value) return;
    this.area.value = text;
    this.number();
  }

  number() {
    let count = 1;
    for (const character of this.area.value) if (character === "\n") count++;
    if (count === this.count) return;
    this.count = count;
    const shown = Math.min(count, NUMBERED_MAX);
    this.numbers.textContent = Array.from({ length: shown }, (_, line) => line + 1).join("\n");
    this.follow();
  }

  follow() {
    this.numbers.scrollTop = this.area.scrollTop;
    if (this.wrong) {
      this.mark.style.top = `${PAD + (this.wrong.line - 1) * LINE_HEIGHT - this.area.scrollTop}px`;
    }
  }

  /**
   * Marks a line, or none.
   * @param {{ line: number, column: number } | null} wrong
   */
  markWrong(wrong) {
    this.wrong = wrong;
    this.mark.hidden = wrong === null;
    this.area.setAttribute("aria-invalid", String(wrong !== null));
    if (wrong) {
      const top = (wrong.line - 1) * LINE_HEIGHT;
      const { scrollTop, clientHeight } = this.area;
      if (top < scrollTop || top > scrollTop + clientHeight - 3 * LINE_HEIGHT) this.area.scrollTop = Math.max(0, top - clientHeight / 2);
    }
    this.follow();
  }

  /** Puts the caret where something is wrong. @param {number} line @param {number} column */
  goTo(line, column) {
    const lines = this.area.value.split("\n");
    let place = 0;
    for (let before = 0; before < line - 1 && before < lines.length; before++) place += lines[before].length + 1;
    // Columns count characters; a text field counts UTF-16 units.
    const within = [...(lines[line - 1] ?? "")].slice(0, Math.max(0, column - 1)).join("").length;
    this.area.focus();
    const end = place + within;
    const word = (lines[line - 1] ?? "").slice(within).match(/^\S+/)?.[0].length ?? 0;
    this.area.setSelectionRange(end, end + word);
  }
}
