"use strict";
// Merge fields: a button puts its place into the text where the cursor stands. Without this file they are copied by hand.
(() => {
  for (const button of document.querySelectorAll("button[data-insert]")) {
    const target = document.getElementById(button.dataset.insert);
    const place = button.parentElement.querySelector("code");
    if (!target || !place) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      target.setRangeText(place.textContent, target.selectionStart, target.selectionEnd, "end");
      target.focus();
    });
  }
})();
