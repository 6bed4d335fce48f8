// Brings the cited words into view; without it the browser goes to the beginning of their paragraph.
"use strict";

const cited = document.getElementById("cited");
// After "load", as the browser itself goes to the paragraph until then.
if (cited) addEventListener("load", () => cited.scrollIntoView({ block: "center" }));
