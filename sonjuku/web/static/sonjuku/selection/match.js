// Two sides that rank one another: sonjuku/engines/selection/wire_match.py and match.py.
import { acceptance } from "./acceptance.js";
import { matchFindings } from "./match_check.js";
import { drawOrder, eachLine, fields, name, names, NONE, refuse, rising, sorted, whole } from "./wire.js";

const CEILING = "ceiling";

const readRanking = (text) => {
  const groups = text === NONE ? [] : text.split(",").map((part) => names(part, "="));
  for (const group of groups) {
    rising(group);
    if (!group.length) refuse("empty");
  }
  return groups;
};

const read = (rules, entries) => {
  const bounds = new Map();
  eachLine(rules, "bad_rules", 6, (line) => {
    const [key, code, least, most] = fields(line, 4);
    if (key !== "right" || bounds.has(code)) refuse("right");
    bounds.set(name(code), [whole(least), whole(most)]);
  });
  const lefts = [], rankings = new Map();
  let before = ["", ""];
  eachLine(entries, "bad_list", 2, (line) => {
    const [side, code, ranking] = fields(line, 3);
    if (side === "left") lefts.push({ code: name(code), ranking: readRanking(ranking) });
    else if (side === "right" && bounds.has(code)) rankings.set(code, readRanking(ranking));
    else refuse("side");
    if (side < before[0] || (side === before[0] && code <= before[1])) refuse("not sorted");
    before = [side, code];
  });
  const rights = Array.from(bounds, ([code, [least, most]]) => ({ code, ranking: rankings.get(code) ?? [], least, most }));
  return { lefts, rights };
};

const checkRankings = (rows, others) => {
  for (const { ranking } of rows) {
    const listed = ranking.flat();
    if (!listed.every((code) => others.has(code))) refuse("unknown_partner");
    if (new Set(listed).size !== listed.length) refuse("duplicate_name");
  }
};

const checkSides = (lefts, rights) => {
  const leftCodes = new Set(lefts.map((one) => one.code)), rightCodes = new Set(rights.map((one) => one.code));
  if (lefts.some(({ code }) => rightCodes.has(code))) refuse("duplicate_name");
  checkRankings(lefts, rightCodes);
  checkRankings(rights, leftCodes);
  if (rights.some((right) => right.least > right.most)) refuse("least_over_most");
};

/** Each left's list, without those that would not have them, and where each stands there. Ties: the smaller number first. */
const asked = (lefts, rights, order) => {
  const number = new Map(order.map((code, at) => [code, at]));
  const flat = (ranking) => ranking.flatMap((group) => [...group].sort((a, b) => number.get(a) - number.get(b)));
  const position = new Map(rights.map((right, at) => [right.code, at]));
  const standing = rights.map((right) => new Map(flat(right.ranking).map((code, at) => [code, at])));
  const lists = lefts.map((left) =>
    flat(left.ranking).map((code) => position.get(code)).filter((p) => standing[p].has(left.code)));
  return { lists, keyAt: (who, wish) => standing[lists[who][wish]].get(lefts[who].code) };
};

/** The right that loses a seat: of those with most seats over their minimum, the last in order; -1 for none. */
const nextCut = (rights, ceilings) => {
  let cut = -1, most = 0;
  rights.forEach((right, at) => {
    const over = ceilings[at] - right.least;
    if (over > 0 && over >= most) [cut, most] = [at, over];
  });
  return cut;
};

const matched = (lefts, rights, order) => {
  const wishes = asked(lefts, rights, order);
  const partners = (ceilings) => {
    const taken = acceptance({ ...wishes, capacity: ceilings });
    const at = taken.map((wish, who) => (wish < 0 ? -1 : wishes.lists[who][wish]));
    const count = rights.map(() => 0);
    for (const right of at) if (right >= 0) count[right] += 1;
    const lacking = rights.reduce((sum, right, p) => sum + Math.max(0, right.least - count[p]), 0);
    return { at, count, lacking };
  };
  const ceilings = rights.map((right) => Math.min(right.most, Math.max(lefts.length, right.least)));
  let now = partners(ceilings), best = now, kept = [...ceilings];
  while (best.lacking) {
    const cut = nextCut(rights, ceilings);
    if (cut < 0) break;
    ceilings[cut] -= 1;
    if (now.count[cut] <= ceilings[cut]) continue; // the seat was empty: the matching stays
    now = partners(ceilings);
    if (now.lacking < best.lacking) [best, kept] = [now, [...ceilings]];
  }
  return { at: best.at, ceilings: kept };
};

const readResult = (lines) => {
  const pairs = new Map(), ceilings = new Map();
  eachLine(lines, "bad_result", 1, (line) => {
    const parts = line.split("\t");
    if (parts.length === 3 && parts[0] === CEILING) ceilings.set(parts[1], whole(parts[2]));
    else {
      const [left, right] = fields(line, 2);
      if (right !== NONE) pairs.set(left, right);
    }
  });
  return { pairs, ceilings };
};

export const match = {
  run(rules, entries, seed, tell) {
    const { lefts, rights } = read(rules, entries);
    checkSides(lefts, rights);
    const order = drawOrder([...lefts, ...rights].map((one) => one.code), seed, tell);
    const { at, ceilings } = matched(lefts, rights, order);
    const partner = new Map(lefts.map((left, who) => [left.code, at[who] < 0 ? NONE : rights[at[who]].code]));
    return {
      order,
      result: [
        ...sorted(partner.keys()).map((code) => `${code}\t${partner.get(code)}`),
        ...rights.map((right, p) => `${CEILING}\t${right.code}\t${ceilings[p]}`),
      ],
    };
  },

  complaints(rules, entries, seed, result, order) {
    const { lefts, rights } = read(rules, entries);
    const { pairs, ceilings } = readResult(result);
    return matchFindings(lefts, rights, order, pairs, ceilings);
  },
};
