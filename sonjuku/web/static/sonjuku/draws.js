"use strict";
// The screen of a public draw: the order appears line by line. Without this file everything is there at once.
(() => {
  const STEP = 700;
  const LONGEST = 90000; // a hall waits a minute and a half, not an hour
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  for (const button of document.querySelectorAll("[data-reveal]")) {
    const list = document.querySelector(button.dataset.reveal);
    const all = document.querySelector(`[data-reveal-all="${button.dataset.reveal}"]`);
    if (!list || !all) continue;
    let timer = 0;
    const finish = () => {
      clearInterval(timer);
      for (const line of list.children) line.hidden = false;
      all.hidden = true;
    };
    const begin = () => {
      clearInterval(timer);
      const lines = [...list.children];
      for (const line of lines) { line.hidden = true; line.classList.remove("fresh"); }
      all.hidden = false;
      let at = 0;
      timer = setInterval(() => {
        const line = lines[at++];
        if (!line) { finish(); return; }
        line.hidden = false;
        line.classList.add("fresh");
        line.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
      }, Math.min(STEP, LONGEST / Math.max(lines.length, 1)));
    };
    button.hidden = false;
    button.addEventListener("click", begin);
    all.addEventListener("click", finish);
  }
})();
