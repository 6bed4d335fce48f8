// For the pages of other sites: a button that opens the chat in a frame.
// <script src="https://reports.example.org/static/widget.js" data-lang="zh-Hans" defer></script>
"use strict";

(() => {
  const TEXTS = {
    "zh-Hans": { open: "问政府报告", title: "向政府报告提问", close: "关闭" },
    "zh-Hant": { open: "問政府報告", title: "向政府報告提問", close: "關閉" },
    en: { open: "Ask the reports", title: "Ask the government reports", close: "Close" },
  };
  const LOOK = `
    :host { all: initial; }
    [hidden] { display: none !important; }
    * { box-sizing: border-box; }
    .opener, .window { position: fixed; z-index: 2147483000; font: 16px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", sans-serif; }
    button { min-width: 44px; min-height: 44px; border: 0; font: inherit; cursor: pointer; }
    button:focus-visible { outline: 3px solid #14539a; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
    .opener { right: 20px; bottom: 20px; padding: 0 20px; border-radius: 24px; background: #a32a1f; color: #fff; font-weight: 600; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); }
    .window { right: 20px; bottom: 20px; display: flex; flex-direction: column; width: min(420px, calc(100vw - 40px)); height: min(680px, calc(100vh - 40px)); height: min(680px, calc(100dvh - 40px)); overflow: hidden; border: 1px solid #8c8577; border-radius: 14px; background: #fffdf9; color: #1f2328; box-shadow: 0 8px 40px rgb(0 0 0 / 30%); }
    .bar { display: flex; align-items: center; justify-content: space-between; padding-left: 16px; }
    .bar p { margin: 0; font-weight: 600; }
    .close { padding: 0 16px; border-radius: 12px; background: none; color: #8d2318; }
    .close:focus-visible { outline-offset: -4px; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; }
    @media (max-width: 480px) { .window { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; } }
    @media (prefers-color-scheme: dark) { .window { background: #1f2125; color: #e9e5dc; } .close { color: #f0a195; } button:focus-visible { outline-color: #8ec1ff; } }
    @media (prefers-reduced-motion: no-preference) { .window { animation: rise 0.2s ease-out; } @keyframes rise { from { opacity: 0; transform: translateY(12px); } } }
    @media print { :host { display: none; } }
  `;

  const script = document.currentScript;
  const language = spoken(script.dataset.lang) || spoken(document.documentElement.lang) || "zh-Hans";
  const texts = TEXTS[language];
  const address = new URL(`../embed?lang=${language}`, script.src);

  const place = document.createElement("wenbao-widget");
  place.lang = language;
  const root = place.attachShadow({ mode: "open" });
  dress();
  const opener = made("button", "opener", texts.open);
  opener.type = "button";
  opener.setAttribute("aria-haspopup", "dialog");
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", open);
  root.append(opener);
  let chat = null;

  if (document.body) document.body.append(place);
  else addEventListener("DOMContentLoaded", () => document.body.append(place));

  function open() {
    chat ??= makeWindow();
    chat.box.hidden = false;
    opener.hidden = true;
    opener.setAttribute("aria-expanded", "true");
    chat.frame.focus();
  }

  function close() {
    chat.box.hidden = true;
    opener.hidden = false;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  }

  function makeWindow() {
    const box = made("div", "window");
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", texts.title);
    const bar = made("div", "bar");
    const leave = made("button", "close", texts.close);
    leave.type = "button";
    leave.addEventListener("click", close);
    bar.append(made("p", "", texts.title), leave);
    const frame = made("iframe");
    frame.title = texts.title;
    frame.allow = "clipboard-write";
    frame.src = address;
    box.append(bar, frame);
    box.addEventListener("keydown", (event) => event.key === "Escape" && close());
    // The frame cannot close itself; Escape pressed inside it arrives as a message.
    addEventListener("message", (event) => {
      if (event.source === frame.contentWindow && event.data === "wenbao:close" && !box.hidden) close();
    });
    root.append(box);
    return { box, frame };
  }

  // A style sheet made by script, as a site's content policy may forbid style elements.
  function dress() {
    if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOK);
      root.adoptedStyleSheets = [sheet];
    } else {
      root.append(made("style", "", LOOK));
    }
  }

  function made(name, className = "", text = "") {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function spoken(tag) {
    const name = (tag || "").toLowerCase();
    if (/^(zh-hant|zh-tw|zh-hk|zh-mo|yue)/.test(name)) return "zh-Hant";
    if (name.startsWith("zh")) return "zh-Hans";
    return name.startsWith("en") ? "en" : "";
  }
})();
