// Dark and large type: set before anything is drawn; what differs from the system is kept in this browser.
"use strict";

{
  const sheet = document.getElementById("dark");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const followsSystem = sheet.media;

  const states = {
    dark: {
      isOn: () => (read("dark") ? read("dark") === "yes" : system.matches),
      turn: (on) => write("dark", on === system.matches ? "" : on ? "yes" : "no"),
    },
    large: {
      isOn: () => read("large") === "yes",
      turn: (on) => write("large", on ? "yes" : ""),
    },
  };
  const spare = {};

  function apply() {
    sheet.media = { yes: "screen", no: "not all" }[read("dark")] || followsSystem;
    document.documentElement.classList.toggle("large", states.large.isOn());
    for (const button of document.querySelectorAll("[data-switch]")) {
      button.setAttribute("aria-pressed", String(states[button.dataset.switch].isOn()));
    }
  }

  function read(name) {
    try {
      return localStorage.getItem(`wenbao.${name}`) || "";
    } catch {
      return spare[name] || "";
    }
  }

  function write(name, value) {
    spare[name] = value;
    try {
      if (value) localStorage.setItem(`wenbao.${name}`, value);
      else localStorage.removeItem(`wenbao.${name}`);
    } catch {
      // Storage is switched off: the choice then lasts until the page is left.
    }
  }

  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("pageshow", apply);
  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-switch]")) {
      button.addEventListener("click", () => {
        const state = states[button.dataset.switch];
        state.turn(!state.isOn());
        apply();
      });
    }
    document.querySelector(".display").hidden = false;
    apply();
  });
}
