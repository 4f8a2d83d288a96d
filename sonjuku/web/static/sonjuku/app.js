"use strict";
// Everything here only helps: each page works with this file switched off.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Show-if: mirrors the server's branching. Hidden answers are disabled, so they are not sent; the server drops them too.
  const answers = (form, name) =>
    [...form.elements].filter((e) => e.name === name && !e.disabled && (!["radio", "checkbox"].includes(e.type) || e.checked))
      .flatMap((e) => (e.multiple && e.options ? [...e.selectedOptions].map((o) => o.value) : [e.value]))
      .filter((value) => value !== "");
  // A question without an answer meets no condition, not even "is not"; a hidden one is disabled and counts as without.
  const number = (text) => Number(text.normalize("NFKC").replace(/,/g, ""));
  const holds = (given, op, wanted) => {
    if (!given.length) return false;
    switch (op) {
      case "answered": return true;
      case "is": return given.length === 1 && given[0] === wanted;
      case "is_not": return given.length !== 1 || given[0] !== wanted;
      case "at_least": return number(given[0]) >= number(wanted);
      case "in": return wanted.split("|").some((value) => given.includes(value));
      default: return given.includes(wanted);
    }
  };
  const branch = (form) => {
    for (const part of all("[data-show-if-question]", form)) {
      const { showIfQuestion, showIfOp, showIfValue } = part.dataset;
      const seen = holds(answers(form, showIfQuestion), showIfOp, showIfValue ?? "");
      part.hidden = !seen;
      for (const control of all("input, select, textarea", part)) control.disabled = !seen;
    }
  };

  const sayBeside = (control, text) => {
    const id = `${control.id || control.name}_said`;
    let place = document.getElementById(id);
    if (!place) {
      place = Object.assign(document.createElement("p"), { id, className: "problem" });
      place.setAttribute("role", "alert");
      control.after(place);
    }
    place.textContent = text;
    place.hidden = !text;
  };

  // A file that is too large is said before it is sent; the server checks again.
  const checkFile = (control) => {
    const most = Number(control.dataset.maxBytes);
    const large = [...control.files].some((file) => file.size > most);
    sayBeside(control, large ? control.dataset.maxBytesMessage || "" : "");
    control.setCustomValidity(large ? control.dataset.maxBytesMessage || "!" : "");
  };

  const countChars = (control) => {
    const most = Number(control.dataset.maxchars);
    let place = control.nextElementSibling;
    if (!place?.classList.contains("counter")) {
      place = Object.assign(document.createElement("p"), { className: "counter" });
      place.setAttribute("aria-hidden", "true");
      control.after(place);
    }
    // data-wide: as bulletins count, a full-width character is one and ASCII a half.
    const wide = (sign) => (sign === "\n" ? 0 : /[ -~｡-ﾟ]/.test(sign) ? 0.5 : 1);
    const signs = [...control.value];
    const count = "wide" in control.dataset ? Math.ceil(signs.reduce((sum, sign) => sum + wide(sign), 0)) : signs.length;
    place.textContent = `${count} / ${most}`;
    place.classList.toggle("over", count > most);
  };

  // Postal code: the fields named in data-target (JSON: {"prefecture": "#id_prefecture"}) are filled, only where empty or ours.
  const emptyBeside = (control) =>
    Object.values(JSON.parse(control.dataset.target || "{}")).some((selector) => document.querySelector(selector)?.value === "");
  const fillAddress = async (control) => {
    const digits = control.value.normalize("NFKC").replace(/\D/g, "");
    if (digits.length !== 7 || control.dataset.asked === digits) return;
    control.dataset.asked = digits;
    const url = new URL(control.dataset.postalUrl, location.href);
    url.searchParams.set("postal", digits);
    const response = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok) return;
    const found = await response.json();
    for (const [key, selector] of Object.entries(JSON.parse(control.dataset.target || "{}"))) {
      const field = document.querySelector(selector);
      if (!field || found[key] === undefined || (field.value && field.dataset.filled !== field.value)) continue;
      field.value = field.dataset.filled = found[key];
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  // One send per press. pageshow gives the button back after "back"; a refused (invalid) form never reaches submit.
  const sent = new WeakSet();
  const settle = (form, busy) => {
    if (busy) sent.add(form); else sent.delete(form);
    for (const button of [...form.elements].filter((e) => e.type === "submit")) {
      if (busy) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy");
      // Disabled a moment later, so that the pressed button's own name and value are still sent.
      if (busy) setTimeout(() => { button.disabled = sent.has(form); }); else if (!button.dataset.off) button.disabled = false;
    }
  };

  const copy = async (button) => {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    const before = button.textContent;
    button.textContent = button.dataset.copied || "✓";
    setTimeout(() => { button.textContent = before; }, 2500);
  };

  // In-page QR reading where the browser can; elsewhere the button stays hidden and the camera app or the typed code serve.
  const scan = async (box) => {
    const video = box.querySelector("video");
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
    if (!stream) return;
    video.hidden = false;
    video.srcObject = stream;
    await video.play();
    const reader = new BarcodeDetector({ formats: ["qr_code"] });
    const look = async () => {
      if (!stream.active) return;
      const [hit] = await reader.detect(video).catch(() => []);
      if (!hit) { setTimeout(look, 200); return; }
      for (const track of stream.getTracks()) track.stop();
      const target = document.querySelector(box.dataset.scan);
      target.value = hit.rawValue;
      // A participant's own link leads to its page; anything else goes into the field for staff to look at.
      if (hit.rawValue.startsWith(`${location.origin}/`)) location.assign(hit.rawValue); else target.focus();
    };
    look();
  };

  const dress = (root) => {
    for (const form of all("form", root)) branch(form);
    for (const control of all("[data-maxchars]", root)) countChars(control);
    for (const button of all("[data-copy]", root)) button.hidden = !navigator.clipboard;
    for (const button of all("[data-print]", root)) button.hidden = false;
    for (const box of all("[data-scan]", root)) {
      const button = box.querySelector("button");
      if (button) button.hidden = !("BarcodeDetector" in window && navigator.mediaDevices);
    }
    for (const control of all("[data-check-all]", root)) control.hidden = false;
    // Typed before this program was there.
    for (const control of all("[data-postal]", root)) if (control.value && emptyBeside(control)) fillAddress(control);
  };

  document.addEventListener("input", ({ target }) => {
    if (target.form) branch(target.form);
    if (target.matches("[data-maxchars]")) countChars(target);
    if (target.matches("[data-postal]")) fillAddress(target);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.form) branch(target.form);
    if (target.matches("[data-max-bytes]")) checkFile(target);
    if (target.matches("[data-check-all]"))
      for (const box of all(target.dataset.checkAll)) box.checked = target.checked;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // getAttribute, as an input named "method" would hide the property.
    if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("target") || event.defaultPrevented) return;
    if (sent.has(form)) event.preventDefault(); else settle(form, true);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-copy], [data-print], [data-scan] button");
    if (button?.matches("[data-copy]")) copy(button);
    else if (button?.matches("[data-print]")) window.print();
    else if (button) scan(button.closest("[data-scan]"));
  });
  window.addEventListener("pageshow", () => { for (const form of document.forms) settle(form, false); });
  document.addEventListener("htmx:afterSettle", ({ target }) => dress(target.parentElement ?? document));
  document.addEventListener("htmx:afterRequest", ({ target }) => { const form = target.closest?.("form"); if (form) settle(form, false); });

  dress(document);
  // On a phone the desk's menus are strips: the place one is at stays in sight.
  for (const here of document.querySelectorAll(":is(.desk-nav, nav.chips) [aria-current]")) here.closest("nav").scrollLeft = here.offsetLeft - 40;
  document.querySelector("[data-error-summary]")?.focus();
})();
