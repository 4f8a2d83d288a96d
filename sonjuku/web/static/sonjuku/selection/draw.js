// A plain draw: sonjuku/engines/selection/wire_draw.py, and draw.py for proofs of the first format.
import { hashOf } from "./sha256.js";
import { drawOrder, fields, lineError, name, refuse, rising, sorted, textOf, whole } from "./wire.js";

const MOST_CLASS = 9999;

const readSeats = (lines) => {
  try {
    if (lines.length !== 1) refuse("lines");
    const [key, seats] = fields(lines[0], 2);
    return key === "seats" ? whole(seats) : refuse("key");
  } catch {
    throw lineError("bad_rules", 6);
  }
};

const readUnits = (lines) => {
  const units = [];
  lines.forEach((line, at) => {
    try {
      const [code, priority, persons, ...more] = line.split("\t");
      if (more.length) refuse("fields");
      const unit = { code: name(code), priority: whole(priority ?? ""), persons: persons === undefined ? 1 : whole(persons) };
      if (unit.priority < 1 || unit.priority > MOST_CLASS || (persons !== undefined && unit.persons < 2)) refuse("range");
      if (at) rising([units[at - 1].code, unit.code]);
      units.push(unit);
    } catch {
      throw lineError("bad_list", at + 2);
    }
  });
  return units;
};

const orderUnits = (units, seed, tell) => {
  const priority = new Map(units.map((unit) => [unit.code, unit.priority]));
  return drawOrder([...priority.keys()], seed, tell).sort((a, b) => priority.get(a) - priority.get(b));
};

export const draw = {
  run(rules, entries, seed, tell) {
    const units = readUnits(entries);
    const order = orderUnits(units, seed, tell);
    const persons = new Map(units.map((unit) => [unit.code, unit.persons]));
    let left = readSeats(rules);
    const result = order.map((code) => {
      const fits = persons.get(code) <= left;
      if (fits) left -= persons.get(code);
      return `${code}\t${fits ? "in" : "waiting"}`;
    });
    return { order, result };
  },

  /** Whoever waits while the seats left behind those before them would have been enough. */
  complaints(rules, entries, seed, result, order) {
    const persons = new Map(readUnits(entries).map((unit) => [unit.code, unit.persons]));
    const told = new Map();
    for (const line of result) {
      const tab = line.indexOf("\t");
      if (tab >= 0) told.set(line.slice(0, tab), line.slice(tab + 1));
    }
    const found = [];
    let left = readSeats(rules);
    for (const code of order) {
      if (told.get(code) === "in") left -= persons.get(code);
      else if (persons.get(code) <= left) found.push(`passed_over ${code}`);
    }
    if (left < 0) found.push("over_capacity -");
    const strangers = [...told.keys()].filter((code) => !persons.has(code));
    return [...found, ...sorted(strangers.map((code) => `not_on_the_list ${code}`))];
  },
};

// The first format

const list = (value) => (Array.isArray(value) ? value : refuse("malformed"));
const text = (value) => (typeof value === "string" ? value : refuse("malformed"));
// What JSON.parse rounds is no whole number here; bundle.js gives such numbers as BigInt where the browser can.
const integer = (value) => (Number.isSafeInteger(value) || typeof value === "bigint" ? value : refuse("malformed"));
const CODE = /^[!-~]+$/;

/** The seed of a list's hash and a public value; refuses `bad_hash`, `bad_public_value`. */
export const seedFrom = (listHash, publicValue) => {
  if (!/^[0-9a-f]{64}$/.test(listHash)) refuse("bad_hash");
  if (!/^[ -~]+$/.test(publicValue)) refuse("bad_public_value");
  return hashOf(`${listHash}:${publicValue}`);
};

const readProof = (proof) => {
  const own = (key) => (Object.hasOwn(proof, key) ? proof[key] : refuse("malformed"));
  try {
    const entries = list(own("entries")).map((entry) => {
      if (list(entry).length !== 2) refuse("malformed");
      return [text(entry[0]), integer(entry[1])];
    });
    const [listHash, publicValue, seed] = ["list_hash", "public_value", "seed"].map((key) => text(own(key)));
    return { entries, listHash, publicValue, seed, seats: integer(own("seats")), order: list(own("order")).map(text) };
  } catch {
    return refuse("malformed");
  }
};

const againFirst = ({ entries, listHash, publicValue, seed, seats, order }, tell) => {
  if (!entries.every(([code]) => CODE.test(code))) refuse("bad_code");
  const priority = new Map(entries);
  if (priority.size !== entries.length) refuse("duplicate_code");
  const lines = sorted(priority.keys()).map((code) => `${code}\t${priority.get(code)}`);
  const problems = [];
  const hashed = hashOf(textOf(lines));
  if (hashed !== listHash) problems.push({ kind: "list_hash_differs", detail: `computed ${hashed}` });
  const grown = seedFrom(listHash, publicValue);
  if (grown !== seed) problems.push({ kind: "seed_differs", detail: `computed ${grown}` });
  if (seats < 0) refuse("bad_seats");
  const less = (a, b) => (a < b ? -1 : Number(a > b));
  const drawn = drawOrder([...priority.keys()], seed, tell).sort((a, b) => less(priority.get(a), priority.get(b)));
  const at = drawn.findIndex((code, place) => code !== order[place]);
  if (at >= 0 || drawn.length !== order.length)
    problems.push({ kind: "order_differs", line: (at < 0 ? drawn.length : at) + 1, computed: drawn[at], published: order[at < 0 ? drawn.length : at] });
  return problems;
};

/** The problems of a proof of the first format; none when it holds. */
export const recompute = (proof, tell) => {
  try {
    return againFirst(readProof(proof), tell);
  } catch (error) {
    return [{ kind: error.message, detail: "" }];
  }
};
