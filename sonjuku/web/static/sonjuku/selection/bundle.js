// The published proof of a selection, repeated: the same steps and names of problems as sonjuku/engines/selection/bundle.py.
import { assign } from "./assign.js";
import { draw, recompute, seedFrom } from "./draw.js";
import { match } from "./match.js";
import { bytesOf, digest, hashOf, hex } from "./sha256.js";
import { ENGINE, FORMAT, readTexts, textOf, Wrong } from "./wire.js";

const METHODS = new Map([["draw", draw], ["assign", assign], ["match", match]]);
const TEXTS = ["engine", "rules", "rules_hash", "list", "list_hash", "public_value", "seed", "order", "result"];
const MOST_COMPLAINTS = 20;
/** More than any selection of a region has; a browser on a phone would give up before. */
export const MOST_BYTES = 40 * 1024 * 1024;

/** The object of a file's bytes. Throws `too_large` or `unreadable`. */
export const readBundle = (bytes) => {
  if (bytes.byteLength > MOST_BYTES) throw new Error("too_large");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const found = JSON.parse(text);
    if (!isObject(found) || Object.hasOwn(found, "format")) return found;
    // The first format has its classes as numbers: where the browser shows their digits, none is rounded.
    return JSON.parse(text, (_, value, context) => {
      if (typeof value !== "number" || !context?.source) return value;
      if (!/^-?\d+$/.test(context.source)) return NaN;
      return Number.isSafeInteger(value) ? value : BigInt(context.source);
    });
  } catch {
    throw new Error("unreadable");
  }
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (bundle, key) => (Object.hasOwn(bundle, key) ? bundle[key] : undefined);
const problem = (kind, detail = "") => ({ kind, detail });

const hashes = (bundle) => {
  const found = [];
  for (const [text, named] of [["rules", "rules_hash"], ["list", "list_hash"]]) {
    let computed = "not UTF-8";
    try {
      computed = hashOf(bundle[text]);
    } catch { /* half of a pair of signs has no bytes */ }
    if (computed !== bundle[named]) found.push(problem(`${text}_hash_differs`, `computed ${computed}`));
  }
  try {
    const seed = seedFrom(bundle.list_hash, bundle.public_value);
    if (seed !== bundle.seed) found.push(problem("seed_differs", `computed ${seed}`));
  } catch (error) {
    found.push(problem(error.message === "bad_public_value" ? "bad_public_value" : "malformed", "list_hash"));
  }
  return found;
};

/** A drand beacon: its randomness is SHA-256 of its signature, and the public value. The signature itself is not checked. */
const beaconOf = (bundle) => {
  const beacon = own(bundle, "beacon");
  if (beacon === undefined || beacon === null) return [];
  const [round, signature, randomness] = ["round", "signature", "randomness"].map((key) => isObject(beacon) && own(beacon, key));
  const isHex = (text, pattern) => typeof text === "string" && pattern.test(text);
  if (!Number.isSafeInteger(round) || round < 1) return [problem("bad_beacon", "round")];
  if (!isHex(signature, /^[0-9a-f]{96}$/)) return [problem("bad_beacon", "signature")];
  if (!isHex(randomness, /^[0-9a-f]{64}$/)) return [problem("bad_beacon", "randomness")];
  const computed = hex(digest(bytesOf(signature)));
  if (computed !== randomness) return [problem("beacon_differs", `computed ${computed}`)];
  return own(bundle, "public_value") === randomness ? [] : [problem("beacon_differs", "public_value")];
};

/** The first line in which two texts differ. */
const differing = (kind, computed, published) => {
  if (textOf(computed) === published) return [];
  const told = published.split("\n");
  const at = [...computed, ""].slice(0, told.length).findIndex((line, place) => line !== told[place]);
  if (at < 0) return [{ kind, detail: "one text is longer", line: Math.min(told.length, computed.length + 1) }];
  return [{ kind, detail: "", line: at + 1, computed: computed[at] ?? "", published: told[at].slice(0, 200) }];
};

const repetition = (bundle, texts, tell) => {
  const method = METHODS.get(texts.method);
  const { order, result } = method.run(texts.rules, texts.entries, bundle.seed, (part) => tell("order", part));
  tell("check", 0);
  const complaints = method.complaints(texts.rules, texts.entries, bundle.seed, bundle.result.split("\n").slice(0, -1), order);
  const same = bundle.check.length === complaints.length && complaints.every((line, at) => line === bundle.check[at]);
  return [
    ...differing("order_differs", order, bundle.order),
    ...differing("result_differs", result, bundle.result),
    ...complaints.slice(0, MOST_COMPLAINTS).map((complaint) => problem("unfair", complaint)),
    ...(same ? [] : [problem("check_differs", `computed ${complaints.length} complaints`)]),
  ];
};

const KNOWN = [["rules_hash", "not_the_printed_rules"], ["list_hash", "not_the_printed_list"], ["public_value", "not_the_public_value"]];

const against = (bundle, known) => KNOWN.flatMap(([key, kind]) =>
  known[key] && own(bundle, key) !== known[key] ? [problem(kind, `you have ${known[key]}`)] : []);

const second = (bundle, known, tell) => {
  const missing = TEXTS.filter((key) => typeof own(bundle, key) !== "string");
  if (missing.length || !Array.isArray(own(bundle, "check"))) return [problem("malformed", missing.join(", ") || "check")];
  if (bundle.engine !== ENGINE) return [problem("other_engine", bundle.engine.slice(0, 80))];
  const hashed = [...hashes(bundle), ...beaconOf(bundle)];
  try {
    const texts = readTexts(bundle.rules, bundle.list, METHODS);
    return [...hashed, ...repetition(bundle, texts, tell), ...against(bundle, known)];
  } catch (error) {
    if (error instanceof Wrong) return [...hashed, problem(error.kind, error.detail)];
    return [...hashed, problem("bad_list", String(error.message).slice(0, 80))];
  }
};

/**
 * Repeats a published selection: {kind, detail, line?, computed?, published?} for each problem, none when it holds.
 * `known`: rules_hash, list_hash, public_value as the reader has them from elsewhere. `tell(stage, part)` hears how far it is.
 */
export const verify = (bundle, known = {}, tell = () => {}) => {
  // Own code, known answer: a browser that reckons otherwise must not call anything false.
  if (hashOf("abc") !== "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") throw new Error("own_hash");
  if (!isObject(bundle)) return [problem("malformed")];
  if (!Object.hasOwn(bundle, "format"))
    return [...recompute(bundle, (part) => tell("order", part)), ...beaconOf(bundle), ...against(bundle, known)];
  if (bundle.format !== FORMAT) return [problem("other_format", typeof bundle.format === "string" ? bundle.format.slice(0, 80) : "")];
  return second(bundle, known, tell);
};
