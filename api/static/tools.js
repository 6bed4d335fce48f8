// Copying and printing, for every button with data-copy, data-copy-address or data-print, also one made later.
"use strict";

const COPIED_MS = 2000;

{
  for (const button of document.querySelectorAll("[data-copy], [data-copy-address], [data-print]")) button.hidden = false;

  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-copy-address], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) print();
    else copy(button, button.dataset.copy ?? location.href);
  });

  // What is folded away is printed too.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });

  async function copy(button, text) {
    const done = (await toClipboard(text)) || byHand(text, button);
    const { copied, failed } = document.getElementById("said").dataset;
    say(done ? copied : failed);
    if (!done || button.dataset.label) return;
    button.dataset.label = button.textContent;
    button.textContent = copied;
    setTimeout(() => {
      button.textContent = button.dataset.label;
      delete button.dataset.label;
    }, COPIED_MS);
  }

  function toClipboard(text) {
    if (!navigator.clipboard) return false;
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }

  // Without https there is no clipboard but that of a selection.
  function byHand(text, button) {
    const field = document.createElement("textarea");
    field.className = "visually-hidden";
    field.value = text;
    button.after(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    button.focus();
    return done;
  }
}

// Has a screen reader say something that the page shows elsewhere or not at all.
function say(text) {
  const place = document.getElementById("said");
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}
