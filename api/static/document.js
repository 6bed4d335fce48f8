// Brings the cited words into view; without it the browser goes to the beginning of their paragraph.
"use strict";

const cited = document.getElementById("cited");

// In the middle of the window; where they would fill it, with their beginning at the top.
function showCited() {
  const fills = cited.getBoundingClientRect().height > innerHeight / 2;
  cited.scrollIntoView({ block: fills ? "start" : "center" });
}

// After "load", as the browser itself goes to the paragraph until then.
if (cited) addEventListener("load", showCited);
