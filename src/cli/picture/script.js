// Begins at what is wrong, and says what the operation under the pointer or finger is.
for (const picture of document.querySelectorAll(".picture")) {
  const lanes = picture.querySelector(".lanes").offsetWidth;
  const said = picture.nextElementSibling;
  const first = picture.querySelector(".culprit");
  const jump = () => {
    const bar = first.getBoundingClientRect();
    const frame = picture.getBoundingClientRect();
    picture.scrollBy(bar.left - frame.left - lanes - 60, bar.top - frame.top - frame.height / 2);
  };
  if (first) jump();
  const say = (event) => {
    const operation = event.target.closest?.(".operation");
    if (operation) said.textContent = operation.dataset.said;
  };
  for (const kind of ["pointerover", "click", "focusin"]) picture.addEventListener(kind, say);
}
