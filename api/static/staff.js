// The look-up page by keyboard alone: / to the words, j k and arrows from passage to passage, c copies, ? helps.
// On the page for adding a report, a file that is too large is told at once.
"use strict";

{
  const KEPT = "wenbao.staff-keys";
  const search = document.querySelector("[data-search]");
  const help = document.getElementById("help");
  const opener = document.querySelector("[data-help]");
  const useKeys = document.getElementById("use-keys");
  const hits = [...document.querySelectorAll("[data-hit]")];
  let current = -1;

  if (useKeys) {
    useKeys.checked = read() !== "no";
    useKeys.addEventListener("change", () => write(useKeys.checked ? "" : "no"));
  }
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => help.showModal());
  }
  hits.forEach((hit, at) => hit.addEventListener("focusin", () => (current = at)));

  const actions = {
    "/": () => search?.select(),
    "?": () => help?.showModal(),
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    c: () => hits[Math.max(current, 0)]?.querySelector("[data-copy]").click(),
  };

  addEventListener("keydown", (event) => {
    // nothing is typed into a box to tick: the one in the help keeps the focus a moment longer than the help is open
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const isArrow = event.key.startsWith("Arrow");
    const act = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
    if (!act || (isArrow ? !hits.length : read() === "no")) return;
    event.preventDefault();
    act();
  });

  // Told before it is sent: a server that stops reading looks like a broken connection.
  const file = document.querySelector("[data-largest]");
  file?.addEventListener("change", () => {
    const isTooLarge = file.files[0]?.size > Number(file.dataset.largest);
    file.setCustomValidity(isTooLarge ? file.dataset.tooLarge : "");
    file.reportValidity();
  });

  function move(step) {
    if (!hits.length) return;
    current = Math.min(Math.max(current + step, 0), hits.length - 1);
    hits[current].querySelector("[data-open-hit]").focus();
    hits[current].scrollIntoView({ block: "nearest" });
  }

  function read() {
    try {
      return localStorage.getItem(KEPT) || "";
    } catch {
      return "";
    }
  }

  function write(value) {
    try {
      localStorage.setItem(KEPT, value);
    } catch {
      // Storage is switched off: the keys then stay on.
    }
  }
}
