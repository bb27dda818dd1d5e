import { define } from "consensus-playground/element";

define();
document.querySelector("consensus-playground")?.addEventListener("consensus-ready", ({ detail }) => {
  document.title = `${detail.title}: ${detail.length} actions`;
});
