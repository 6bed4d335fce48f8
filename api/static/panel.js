// The report beside the answer: a panel on wide screens, a sheet over the conversation on narrow ones.
"use strict";

const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");
const wide = matchMedia("(min-width: 64rem)");
let opener = null;
let opened = 0;

document.getElementById("panel-close").addEventListener("click", () => panel.close());
panel.addEventListener("close", () => {
  // A panel that is closed to be opened again as a sheet, or the other way round, is not over.
  if (panel.open) return;
  opened += 1;
  document.body.classList.remove("beside");
  panelBody.replaceChildren();
  const back = opener?.isConnected && opener.checkVisibility() ? opener : document.getElementById("question");
  back.focus({ preventScroll: back === opener });
  opener = null;
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || !panel.open || document.querySelector("#sure[open]")) return;
  event.preventDefault(); // it has closed one thing and closes nothing else
  panel.close();
});
wide.addEventListener("change", () => {
  if (!panel.open) return;
  const focused = document.activeElement;
  panel.close();
  showPanel();
  if (panel.contains(focused)) focused.focus({ preventScroll: true });
});

// Show the report at `url`, scrolled to its marked words; closing gives the keyboard back to `button`.
async function openBeside(url, button, words) {
  opener = button;
  const turn = (opened += 1);
  document.getElementById("panel-link").href = url;
  panelBody.replaceChildren(message(words.panel_pending));
  showPanel();
  document.getElementById("panel-title").focus({ preventScroll: true });
  const found = await fetchArticle(url, words);
  if (turn !== opened) return;
  panelBody.replaceChildren(found);
  const cited = panelBody.querySelector("#cited");
  if (!cited) return;
  // In the middle of the panel; words that would fill it, with their beginning at the top.
  const fills = cited.getBoundingClientRect().height > panelBody.clientHeight / 2;
  cited.scrollIntoView({ block: fills ? "start" : "center" });
  if (panel.contains(document.activeElement)) cited.focus({ preventScroll: true });
}

function showPanel() {
  document.body.classList.toggle("beside", wide.matches);
  if (panel.open) return;
  if (wide.matches) panel.show();
  else panel.showModal();
}

// The page of the report has the words marked already; its text comes without anything that could run.
async function fetchArticle(url, words) {
  try {
    const response = await fetch(url.split("#")[0], { headers: { Accept: "text/html" } });
    if (response.status === 404 || response.status === 410) return message(words.panel_gone);
    if (!response.ok) return message(words.panel_failed);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("article") || message(words.panel_failed);
  } catch {
    return message(words.offline);
  }
}

function message(text) {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.textContent = text;
  return line;
}
