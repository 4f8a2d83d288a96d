// The part of a page that repeats a selection (public/part_recompute.html). All words stand in the page, none here.
import { MOST_BYTES } from "./bundle.js";
import { examine } from "./examine.js";

const MARKS = { ok: "done", bad: "late", unknown: "waiting" };
const LONGEST = 120;

/** The worker's answer; where there is no worker for modules, the page's own. `stop` ends it. */
const begin = (bytes, known, tell) => {
  let worker = null;
  const answer = new Promise((done) => {
    const here = () => setTimeout(async () => done(await examine(bytes, known, tell)));
    try {
      worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    } catch {
      here();
      return;
    }
    worker.addEventListener("message", ({ data }) => { if (data.done) done(data.done); else tell(data.part); });
    worker.addEventListener("error", here, { once: true });
    worker.postMessage({ bytes, known });
  });
  return { answer: answer.finally(() => worker?.terminate()), stop: () => worker?.terminate() };
};

const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

class Part {
  constructor(root) {
    this.root = root;
    this.form = this.find("form");
    this.file = this.find("input[type=file]");
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
  }

  find(selector) { return this.root.querySelector(selector); }

  words(name) { return this.find(`template[data-words="${CSS.escape(name)}"]`)?.content.cloneNode(true) ?? null; }

  known() {
    const typed = (key) => (this.form.elements[key]?.value ?? "").normalize("NFKC").trim();
    return { rules_hash: typed("rules_hash").toLowerCase(), list_hash: typed("list_hash").toLowerCase(), public_value: typed("public_value") };
  }

  /** The bytes to examine, or the reason for which there are none. */
  async bytes() {
    try {
      if (this.root.dataset.bundleUrl) {
        const response = await fetch(this.root.dataset.bundleUrl, { headers: { Accept: "application/json" } });
        if (!response.ok) return "not_fetched";
        return await response.arrayBuffer();
      }
      const [file] = this.file.files;
      if (!file) return "no_file";
      return file.size > MOST_BYTES ? "too_large" : await file.arrayBuffer();
    } catch {
      return this.file ? "unreadable" : "not_fetched";
    }
  }

  async run() {
    this.job?.stop();
    const run = this.latest = Symbol("run");
    this.clear();
    const bytes = await this.bytes();
    if (run !== this.latest) return;
    if (typeof bytes === "string") { this.fail(bytes); return; }
    this.busy(true);
    this.job = begin(bytes, this.known(), (part) => { if (run === this.latest) this.find("progress").value = part; });
    const found = await this.job.answer;
    if (run !== this.latest) return;
    this.busy(false);
    if (found.failed) this.fail(found.failed); else this.show(found);
  }

  clear() {
    this.find("[data-verdict]").replaceChildren();
    this.find("[data-found]").hidden = true;
    this.busy(false);
  }

  busy(is) {
    this.find("[data-progress]").hidden = !is;
    this.find("progress").value = 0;
    if (is) this.find("[data-verdict]").replaceChildren(this.words("running"));
  }

  fail(reason) {
    this.verdict("failed", this.words(reason));
    if (reason === "no_file") this.file.focus();
  }

  verdict(name, more = null) {
    const place = this.find("[data-verdict]");
    place.replaceChildren(this.words(name));
    if (more) place.querySelector("[data-why]").append(more);
    place.dataset.verdict = name;
  }

  show({ lines, facts }) {
    for (const row of this.root.querySelectorAll("[data-line]")) this.line(row, lines.find(({ line }) => line === row.dataset.line));
    for (const row of this.root.querySelectorAll("[data-fact]")) {
      const value = facts[row.dataset.fact] ?? "";
      row.hidden = !value;
      row.querySelector("dd > *").replaceChildren((row.dataset.fact === "method" && this.words(`fact:${value}`)) || value);
    }
    this.find("[data-found]").hidden = false;
    const is = (test) => lines.some(test);
    if (is(({ state }) => state === "bad")) this.verdict("bad");
    else if (is(({ said }) => said === "order_only")) this.verdict("order");
    else this.verdict(is(({ line, state }) => line === "known" && state === "ok") ? "same" : "ok");
  }

  line(row, found) {
    row.hidden = !found;
    if (!found) return;
    row.className = MARKS[found.state];
    row.dataset.state = found.state;
    row.firstElementChild.replaceWith(this.words(`mark:${found.state}`));
    row.querySelector("[data-tag]").replaceChildren(this.words(`tag:${found.state}`));
    const place = row.querySelector("[data-said]");
    if (found.state !== "bad") { place.replaceChildren(this.words(`${found.state}:${found.said ?? found.line}`) ?? this.words("unknown")); return; }
    let before = "";
    place.replaceChildren(...found.problems.flatMap((problem) => {
      const again = problem.kind === before;
      before = problem.kind;
      return [...(again ? [] : [this.small(this.words(problem.kind) ?? this.words("malformed"))]), ...this.details(problem)];
    }));
  }

  small(...inside) {
    const element = document.createElement("small");
    element.append(...inside);
    return element;
  }

  code(text) {
    return Object.assign(document.createElement("code"), { textContent: shortened(text) });
  }

  /** Where it is, and the two values that differ. */
  details({ kind, detail = "", line, computed, published }) {
    if (kind === "unfair") {
      const [complaint, ...about] = detail.split(" ");
      const words = this.words(`unfair:${complaint}`);
      return [this.small(words ?? complaint, this.code(about.filter((part) => part !== "-").join(" ")))];
    }
    if (kind === "check_differs" || kind.startsWith("not_the_")) return [];
    const rows = [];
    if (line) rows.push(this.small(this.words("where"), this.code(String(line))));
    if (computed !== undefined) rows.push(this.small(this.words("computed"), this.code(computed)), this.small(this.words("published"), this.code(published ?? "")));
    const [, at] = /^line (\d+)$/.exec(detail) ?? [];
    const [, value] = /^computed ([0-9a-f]{64})$/.exec(detail) ?? [];
    if (at) rows.push(this.small(this.words("where"), this.code(at)));
    else if (value) rows.push(this.small(this.words("computed"), this.code(value)));
    else if (detail && !line) rows.push(this.small(this.code(detail)));
    return rows;
  }
}

for (const root of document.querySelectorAll("[data-recompute]")) new Part(root);
