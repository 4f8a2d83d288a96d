// The page that checks a badge in the visitor's own browser. All words stand in the page, none here; nothing is sent.
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const ORDER = ["kind", "form", "issuer", "proof", "key", "dates", "status"];
  const MARKS = { ok: "done", bad: "late", unknown: "waiting" };
  const LONGEST = 500;
  const root = document.querySelector("[data-verifier]");
  const find = (selector, inside = root) => inside.querySelector(selector);
  const template = (name) => find(`template[data-words="${CSS.escape(name)}"]`);
  const words = (name) => template(name)?.content.cloneNode(true) ?? null;
  const data = globalThis.sonjukuKeptData;

  const fetchToken = async (id) => {
    const answer = await fetch(`${root.dataset.badges}${id}.jwt`);
    return answer.ok ? (await answer.text()).trim() : null;
  };

  /** ok, bad or unknown: of a reason that the page has no words for, nothing may be believed. */
  const resultOf = (name, reason) => (reason ? template(`why:${reason}`)?.dataset.result ?? "unknown" : "ok");

  const verdict = (name, more = null) => {
    const place = find("[data-verdict]");
    place.replaceChildren(words(`verdict:${name}`));
    if (more) find("[data-why]", place).append(more);
    place.dataset.verdict = name;
    place.scrollIntoView({ block: "nearest" });
  };

  const showChecks = (checks) => {
    for (const row of root.querySelectorAll("[data-check]")) {
      const name = row.dataset.check;
      row.hidden = !Object.hasOwn(checks, name);
      if (row.hidden) continue;
      const result = resultOf(name, checks[name]);
      row.className = MARKS[result];
      row.dataset.result = result;
      row.dataset.reason = checks[name];
      row.firstElementChild.replaceWith(words(`mark:${result}`));
      find("[data-tag]", row).replaceChildren(words(`tag:${result}`));
      find("[data-said]", row).replaceChildren((checks[name] ? words(`why:${checks[name]}`) : words(`fine:${name}`)) ?? words("why:not_checked"));
    }
  };

  const showClaims = (claims) => {
    for (const row of root.querySelectorAll("[data-claim]")) {
      const value = claims[row.dataset.claim] ?? "";
      row.hidden = !value;
      const place = find("dd", row);
      const at = row.dataset.claim === "issued" ? kept.instant(value) : null;
      place.textContent = at === null ? value.slice(0, LONGEST) : day(at);
      place.lang = at === null && /[\u3040-\u9fff]/.test(value) ? "ja" : "en";
      if (at !== null) place.removeAttribute("lang");
    }
  };

  const day = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "Asia/Tokyo" }).format(at);

  const show = ({ unread, checks, claims, owner, listed, byToken }) => {
    find("[data-found]").hidden = Boolean(unread);
    if (unread) {
      verdict("unread", words(`unread:${unread}`) ?? words(`why:${unread}`) ?? words("unread:unknown_kind"));
      return;
    }
    showChecks(checks);
    showClaims(claims);
    find("[data-listed]").hidden = !listed;
    if (listed) find("[data-listed] time").textContent = day(kept.instant(listed));
    find("[data-by-token]").hidden = !byToken;
    // A badge that names no list is told so; nothing was left out that its issuer offers.
    const weighed = ORDER.filter((name) => Object.hasOwn(checks, name) && checks[name] !== "no_status");
    const results = weighed.map((name) => resultOf(name, checks[name]));
    if (results.includes("bad")) verdict("bad");
    else if (results.includes("unknown") || !owner) verdict("unknown");
    else verdict("ok", owner[document.documentElement.lang] ?? owner.ja);
  };

  const brought = async (form) => {
    const [file] = form.elements.file.files;
    if (!file) return new TextEncoder().encode(form.elements.text.value);
    // One byte more than the reader takes shows that it is too large.
    return new Uint8Array(await file.slice(0, 1024 * 1024 + 1).arrayBuffer());
  };

  const form = find("form");
  let latest = null;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const run = latest = Symbol("run");
    try {
      const found = await kept.examine(await brought(form), Date.now(), data, fetchToken);
      if (run === latest) show(found);
    } catch {
      // A browser that can't do what is needed has found nothing out.
      if (run === latest) show({ unread: "no_crypto" });
    }
  });
})();
