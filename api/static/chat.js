// The chat: asks /v1/ask, shows answers with their citations, keeps the conversation of this tab.
"use strict";

const texts = JSON.parse(document.getElementById("texts").textContent);
const form = document.getElementById("ask");
const field = document.getElementById("question");
const hint = document.getElementById("hint");
const log = document.getElementById("log");
const title = document.getElementById("title");
const welcome = document.getElementById("welcome");
const conversation = document.getElementById("conversation");
const sure = document.getElementById("sure");
const sendButton = form.querySelector(".send");
const longest = Number(form.dataset.longest);
const embedded = document.body.classList.contains("embedded");

const KEPT_TURNS = 30;
const OPEN_CITATIONS = 4;
const TIMEOUT_MS = 30000;

// Each is {question, reply, helpful}; one without a reply is still waiting for it.
let turns = [];
let asking = null;
let answering = Promise.resolve();
let token = form.dataset.token;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value);
});
field.addEventListener("input", () => {
  grow();
  showHint(tooLong(field.value));
});
field.addEventListener("keydown", (event) => {
  // Enter that ends the input of a Chinese word is not meant for us.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
});
document.getElementById("new").addEventListener("click", startOver);
document.getElementById("forget").addEventListener("click", () => sure.showModal());
document.getElementById("sure-no").addEventListener("click", () => sure.close());
document.getElementById("sure-yes").addEventListener("click", forget);
if (embedded) addEventListener("keydown", leaveFrame);

restore();
showReports();

// --- asking

function ask(text) {
  const question = text.trim();
  const problem = question ? tooLong(question) : texts.empty;
  showHint(problem);
  if (problem || asking) {
    field.focus();
    return;
  }
  field.value = "";
  grow();
  const kept = { question, reply: null, helpful: null };
  turns.push(kept);
  keep();
  answering = answerInto(addTurn(question), kept);
}

async function answerInto(turn, kept) {
  const controller = new AbortController();
  asking = controller;
  busy(true);
  const place = turn.querySelector(".reply");
  // What was pressed may be gone from view; the keyboard goes on at the answer.
  if (document.activeElement !== field) place.focus({ preventScroll: true });
  place.replaceChildren(element("p", "pending", texts.pending));
  const timer = setTimeout(() => controller.abort("timeout"), TIMEOUT_MS);
  const outcome = await fetchReply(kept.question, controller.signal);
  clearTimeout(timer);
  if (asking !== controller) return;
  asking = null;
  busy(false);
  if (outcome.reply) {
    kept.reply = outcome.reply;
    showReply(turn, kept);
    keep();
  } else {
    showFailure(turn, kept, outcome);
  }
  bringIntoView(turn);
}

async function fetchReply(question, signal) {
  const body = JSON.stringify({ question, conversation_id: conversationId(), language: "auto" });
  try {
    const response = await post("/v1/ask", body, signal);
    if (response.ok) return { reply: await response.json() };
    return { message: await messageFor(response), id: response.headers.get("X-Request-ID") };
  } catch {
    return { message: signal.reason === "timeout" ? texts.slow : texts.offline };
  }
}

function post(path, body, signal) {
  return send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
}

async function send(path, options = {}) {
  const response = await fetch(path, withToken(options));
  if (response.status !== 401) return response;
  // The page's token ran out: the page itself brings a new one, as a cookie or, in a frame, in its text.
  const page = await fetch(location.pathname, { cache: "reload", signal: options.signal });
  token = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("ask")?.dataset.token || "";
  return fetch(path, withToken(options));
}

function withToken(options) {
  return token ? { ...options, headers: { ...options.headers, "X-Wenbao-Page": token } } : options;
}

async function messageFor(response) {
  if (response.status === 401) return texts.unauthorized;
  if (response.status === 503) return texts.unavailable;
  if (response.status === 429) {
    const seconds = response.headers.get("Retry-After");
    return /^\d+$/.test(seconds || "") ? fill(texts.too_many, { seconds }) : texts.too_many_soon;
  }
  if (response.status !== 422 && response.status !== 413) return texts.failed;
  const problem = await response.json().catch(() => ({}));
  return { empty: texts.empty, illegible: texts.illegible }[problem.reason] || texts.invalid;
}

function tooLong(text) {
  const count = characters(text.trim()).length;
  return count > longest ? fill(texts.too_long, { longest, count }) : "";
}

// --- showing

function addTurn(question) {
  title.classList.add("visually-hidden");
  welcome.hidden = true;
  conversation.hidden = false;
  // What else could be asked belongs to the latest answer alone.
  for (const old of log.querySelectorAll(".suggestions")) old.remove();
  const turn = element("article", "turn");
  const asked = element("h2", "asked");
  asked.append(element("span", "visually-hidden", `${texts.you_asked}: `), question);
  const reply = element("div", "reply");
  reply.tabIndex = -1;
  turn.append(asked, reply);
  log.append(turn);
  return turn;
}

function showReply(turn, kept) {
  const { reply } = kept;
  const place = turn.querySelector(".reply");
  const prefix = `t${[...log.children].indexOf(turn)}`;
  place.lang = reply.language;
  place.replaceChildren();
  if (reply.status === "answered") place.append(answer(reply.answer, prefix), citations(reply.citations, prefix));
  else place.append(notFound(reply, prefix));
  if (reply.notice) place.prepend(element("p", "notice", reply.notice));
  place.append(tools(reply.id), feedback(kept));
  if (reply.suggestions.length) place.append(suggestions(reply.suggestions));
}

function answer(given, prefix) {
  const box = element("div", "answer");
  if (!given.items.length) {
    box.append(withValue(given.text, given.value));
    return box;
  }
  const list = element("ol", "points");
  for (const item of given.items) {
    const point = element("li", "", item.text);
    const link = element("a", "number", `[${item.citation}]`);
    link.href = `#${prefix}-c${item.citation}`;
    link.addEventListener("click", () => openAround(link.hash));
    point.append(" ", link);
    list.append(point);
  }
  box.append(list);
  return box;
}

function withValue(text, value) {
  const line = element("p");
  const at = value ? text.indexOf(value) : -1;
  if (at < 0) line.append(text);
  else line.append(text.slice(0, at), element("strong", "value", value), text.slice(at + value.length));
  return line;
}

function notFound(reply, prefix) {
  const box = element("div", "not-found");
  box.append(element("p", "verdict", texts.not_found), element("p", "", reply.message || texts.not_found));
  if (!reply.related.length) return box;
  const near = element("section", "related");
  near.append(element("h3", "", texts.related_title), element("p", "warning", texts.related_note));
  near.append(cards(reply.related, prefix));
  box.append(near);
  return box;
}

function citations(given, prefix) {
  const box = element("section", "citations");
  box.append(element("h3", "", texts.citations_title), cards(given.slice(0, OPEN_CITATIONS), prefix));
  const rest = given.slice(OPEN_CITATIONS);
  if (rest.length) {
    const more = element("details");
    more.append(element("summary", "", fill(texts.more_citations, { count: rest.length })), cards(rest, prefix));
    box.append(more);
  }
  return box;
}

function cards(given, prefix) {
  const list = element("ol", "cards");
  for (const citation of given) {
    const card = element("li", "card");
    card.id = `${prefix}-c${citation.number}`;
    card.append(path(citation), quote(citation), links(citation), printed(citation));
    list.append(card);
  }
  return list;
}

function path(citation) {
  const line = element("p", "path");
  line.append(element("span", "number", String(citation.number)));
  const steps = [citation.title, ...citation.section];
  for (const [index, step] of steps.entries()) {
    if (index) line.append(separator());
    const name = element("span", index ? "step" : "step title", step);
    name.lang = "zh";
    line.append(name);
  }
  line.append(separator(), element("span", "step", fill(texts.paragraph, { number: citation.paragraph })));
  return line;
}

function separator() {
  return element("span", "separator", " › ");
}

function quote(citation) {
  const block = element("blockquote");
  block.lang = "zh";
  // Positions count characters as the report does, not halves of surrogate pairs.
  const letters = characters(citation.quote);
  let at = 0;
  for (const [start, end] of citation.highlights) {
    const from = start - citation.start;
    const to = end - citation.start;
    block.append(letters.slice(at, from).join(""), element("mark", "", letters.slice(from, to).join("")));
    at = to;
  }
  block.append(letters.slice(at).join(""));
  return block;
}

function links(citation) {
  const line = element("p", "links");
  const beside = element("button", "quiet", texts.beside);
  beside.type = "button";
  beside.setAttribute("aria-haspopup", "dialog");
  beside.addEventListener("click", () => openBeside(citation.url, beside, texts));
  line.append(beside, inFrameOutward(link(texts.open_place, citation.url)));
  if (/^https?:\/\//.test(citation.source_url || "")) {
    const source = link(texts.open_source, citation.source_url, "outside");
    source.rel = "noopener noreferrer external";
    if (embedded) source.target = "_blank";
    line.append(source);
  }
  line.append(copyButton(texts.copy_quote, `“${citation.quote}”\n——${reference(citation)}\n${absolute(citation.url)}`));
  return line;
}

// All that it takes to find the place without the link, for what is copied or printed.
function reference(citation) {
  return [
    citation.publisher,
    `《${citation.title}》`,
    citation.published || citation.year,
    citation.section.join(" › "),
    fill(texts.paragraph, { number: citation.paragraph }),
    citation.page && fill(texts.page, { number: citation.page }),
  ]
    .filter(Boolean)
    .join(texts.comma);
}

// Seen on paper alone, where nothing can be opened.
function printed(citation) {
  const line = element("p", "printed");
  for (const text of [`[${citation.number}] ${reference(citation)}`, absolute(citation.url), citation.source_url]) {
    if (text) line.append(element("span", "", text));
  }
  return line;
}

function tools(answerId) {
  const line = element("p", "tools");
  const address = `/answers/${encodeURIComponent(answerId)}`;
  line.append(inFrameOutward(link(texts.permalink, address)), copyButton(texts.copy_link, absolute(address)));
  line.append(element("span", "printed", absolute(address)));
  return line;
}

function copyButton(label, text) {
  const button = element("button", "quiet", label);
  button.type = "button";
  button.dataset.copy = text;
  return button;
}

function suggestions(given) {
  const box = element("section", "suggestions");
  const list = element("ul", "chips");
  for (const text of given) list.append(chip(text));
  box.append(element("h3", "", texts.suggestions_title), list);
  return box;
}

function chip(text) {
  const item = element("li");
  const button = element("button", "chip", text);
  button.type = "button";
  button.addEventListener("click", () => ask(text));
  item.append(button);
  return item;
}

function showFailure(turn, kept, { message, id }) {
  const box = element("div", "failure");
  box.append(element("p", "", message));
  if (id) box.append(element("p", "small", fill(texts.reference_number, { id })));
  const retry = element("button", "button plain", texts.retry);
  retry.type = "button";
  retry.addEventListener("click", () => {
    if (!asking) answering = answerInto(turn, kept);
  });
  box.append(retry);
  turn.querySelector(".reply").replaceChildren(box);
}

// --- feedback

function feedback(kept) {
  const box = element("div", "feedback");
  const status = element("span", "status");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", texts.helpful_question);
  status.setAttribute("role", "status");
  const yes = element("button", "quiet", texts.helpful_yes);
  const no = element("button", "quiet", texts.helpful_no);
  for (const button of [yes, no]) {
    button.type = "button";
    button.setAttribute("aria-pressed", String(kept.helpful === (button === yes)));
    button.addEventListener("click", () => sendFeedback(kept, button, [yes, no], status));
  }
  box.append(element("span", "", texts.helpful_question), yes, no, status);
  return box;
}

async function sendFeedback(kept, pressed, buttons, status) {
  const helpful = pressed === buttons[0];
  const sent = await post("/v1/feedback", JSON.stringify({ answer_id: kept.reply.id, helpful })).catch(() => null);
  status.textContent = sent?.ok ? texts.thanks : texts.feedback_failed;
  if (!sent?.ok) return;
  kept.helpful = helpful;
  keep();
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
}

// --- what can be asked

async function showReports() {
  const found = await send("/v1/documents").then((response) => (response.ok ? response.json() : null)).catch(() => null);
  if (!found?.documents.length) return;
  const [newest] = found.documents;
  const starters = document.querySelector("#starters ul");
  for (const pattern of newest.year ? texts.starters : texts.starters_without_year) {
    starters.append(chip(fill(pattern, { year: newest.year, place: newest.place || "", title: newest.title })));
  }
  const reports = document.querySelector("#reports ul");
  for (const report of found.documents.slice(0, 5)) reports.append(reportLink(report));
  document.getElementById("starters").hidden = false;
  document.getElementById("reports").hidden = false;
}

function reportLink(report) {
  const item = element("li");
  const name = inFrameOutward(link(report.title, `/documents/${encodeURIComponent(report.id)}`));
  name.lang = "zh";
  item.append(name, " ", element("span", "small", String(report.year || texts.undated)));
  return item;
}

// --- the conversation of this tab

function conversationId() {
  const known = stored("wenbao.conversation");
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  store("wenbao.conversation", id);
  return stored("wenbao.conversation") || (conversationId.spare ??= id);
}

function startOver() {
  asking?.abort();
  asking = null;
  busy(false);
  if (panel.open) panel.close();
  turns = [];
  conversationId.spare = undefined;
  store("wenbao.conversation", "");
  keep();
  log.replaceChildren();
  title.classList.remove("visually-hidden");
  welcome.hidden = false;
  conversation.hidden = true;
  showHint("");
  scrollTo({ top: 0 });
  field.focus();
}

// Have the server delete what it keeps of this conversation, then begin a new one.
async function forget() {
  sure.close();
  await answering; // what is answered later would be kept after all
  const path = `/v1/conversations/${encodeURIComponent(conversationId())}`;
  const sent = await send(path, { method: "DELETE" }).catch(() => null);
  if (!sent?.ok) {
    showHint(texts.forget_failed);
    return;
  }
  startOver();
  say(texts.forgotten);
}

// A widget's frame is closed by the site around it.
function leaveFrame(event) {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  if (!document.querySelector("dialog[open]")) parent.postMessage("wenbao:close", "*");
}

function restore() {
  try {
    turns = JSON.parse(stored("wenbao.turns") || "[]");
    // What is shown again is not news: a screen reader need not read all of it out.
    log.setAttribute("aria-live", "off");
    for (const kept of turns) {
      const turn = addTurn(kept.question);
      if (kept.reply) showReply(turn, kept);
      else showFailure(turn, kept, { message: texts.interrupted });
    }
  } catch {
    turns = [];
  }
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

function keep() {
  turns = turns.slice(-KEPT_TURNS);
  store("wenbao.turns", JSON.stringify(turns));
}

function stored(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Storage is switched off or full: the conversation then lasts until the page is left.
  }
}

// --- small helpers

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function link(text, address, className = "") {
  const made = element("a", className, text);
  made.href = address;
  return made;
}

// Our other pages can't be shown in a frame.
function inFrameOutward(made) {
  if (embedded) Object.assign(made, { target: "_blank", rel: "noopener" });
  return made;
}

function absolute(address) {
  return new URL(address, location.href).href;
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

function characters(text) {
  return Array.from(text);
}

function showHint(text) {
  hint.textContent = text;
  hint.hidden = !text;
}

function busy(yes) {
  log.setAttribute("aria-busy", String(yes));
  // A button that is really switched off would lose the keyboard.
  sendButton.setAttribute("aria-disabled", String(yes));
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function openAround(hash) {
  const details = document.querySelector(hash)?.closest("details");
  if (details) details.open = true;
}

function bringIntoView(turn) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  if (turn.querySelector(".reply").contains(document.activeElement)) return;
  if (document.activeElement === document.body) turn.querySelector(".reply").focus({ preventScroll: true });
}
