// What was checked, one line for each step, in the order in which the steps hang together.

const OF = {
  rules: ["rules_hash_differs"],
  list: ["list_hash_differs", "list_names_other_rules"],
  seed: ["seed_differs", "bad_public_value", "bad_hash"],
  beacon: ["bad_beacon", "beacon_differs"],
  order: ["order_differs"],
  result: ["result_differs"],
  fair: ["unfair", "check_differs"],
  known: ["not_the_printed_rules", "not_the_printed_list", "not_the_public_value"],
};
const COMPUTED = ["order", "result", "fair"];
const LINE_OF = new Map(Object.entries(OF).flatMap(([line, kinds]) => kinds.map((kind) => [kind, line])));

/** The line on which a problem stands: `form` for what could not be read. */
export const lineOf = ({ kind, detail }) => (kind === "malformed" && detail === "list_hash" ? "seed" : LINE_OF.get(kind) ?? "form");

// Nothing was hashed; and the draw was not repeated.
const unread = ({ kind, detail }) => kind === "other_format" || (kind === "malformed" && detail !== "list_hash")
  || (kind === "other_engine" && !detail.startsWith("line "));
const stops = (problem) => lineOf(problem) === "form" || ["list_names_other_rules", "bad_hash", "bad_public_value"].includes(problem.kind);

/**
 * [{line, state: "ok" | "bad" | "unknown", problems, said?}]: `unknown` where it did not come so far, or where nothing was given
 * to compare. `said` names other words than the line's own: the first format has the order, but not how seats were dealt.
 */
export const linesOf = (bundle, problems, known) => {
  const isObject = typeof bundle === "object" && bundle !== null && !Array.isArray(bundle);
  const isFirst = isObject && !Object.hasOwn(bundle, "format");
  const all = isFirst ? ["form", "list", "seed", "order", "result"] : ["form", "rules", "list", "seed", ...COMPUTED];
  if (isObject && Object.hasOwn(bundle, "beacon") && bundle.beacon !== null) all.splice(all.indexOf("order"), 0, "beacon");
  const nothing = problems.some(unread) || (isFirst && problems.some(stops));
  const stopped = nothing || problems.some((one) => stops(one) && (isFirst || one.kind !== "bad_public_value"));
  return [...all, "known"].map((line) => {
    if (isFirst && line === "result") return { line, state: "unknown", problems: [], said: "order_only" };
    const here = problems.filter((one) => lineOf(one) === line);
    const missed = line === "known" ? stopped || !Object.values(known).some(Boolean)
      : line !== "form" && line !== "beacon" && (nothing || (stopped && COMPUTED.includes(line)));
    return { line, state: here.length ? "bad" : missed ? "unknown" : "ok", problems: here };
  });
};

const text = (bundle, key) => (Object.hasOwn(bundle, key) && typeof bundle[key] === "string" ? bundle[key] : "");

/** What the bundle says of itself, to be read and compared by eye; "" where it says nothing. */
export const factsOf = (bundle) => {
  if (typeof bundle !== "object" || bundle === null) return {};
  const head = (key) => text(bundle, "rules").slice(0, 4000).split("\n").find((line) => line.startsWith(`${key}\t`))?.slice(key.length + 1) ?? "";
  const count = Array.isArray(bundle.entries) ? bundle.entries.length : text(bundle, "order").split("\n").length - 1;
  return {
    run: head("run"), method: head("method"), source: head("source"), count: String(count),
    ...Object.fromEntries(["rules_hash", "list_hash", "public_value"].map((key) => [key, text(bundle, key).slice(0, 200)])),
  };
};
