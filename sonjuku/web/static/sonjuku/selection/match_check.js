// A second opinion on a two-sided matching, written apart from what makes it: sonjuku/engines/selection/match_check.py.
import { sorted } from "./wire.js";

/** How much each likes the others: place in the list and, in a tie, the other's number. */
const likings = (rows, number) => new Map(rows.map(({ code, ranking }) =>
  [code, new Map(ranking.flatMap((group, place) => group.map((other) => [other, [place, number.get(other)]])))]));

const NOTHING = [Infinity, 0];
const likesLess = (a, b) => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

const wrongPairs = (lefts, rights, pairs, ceilings, likes) => {
  const found = [], count = new Map();
  for (const [left, right] of pairs) {
    count.set(right, (count.get(right) ?? 0) + 1);
    if (!likes.left.get(left)?.has(right) || !likes.right.get(right)?.has(left)) found.push(`not_accepted ${left} ${right}`);
  }
  let lowered = false;
  for (const right of rights) {
    const ceiling = ceilings.get(right.code) ?? -1, seats = Math.min(right.most, Math.max(lefts.length, right.least));
    if (ceiling !== seats) lowered = true;
    if ((count.get(right.code) ?? 0) > ceiling) found.push(`over_most - ${right.code}`);
    if (ceiling < right.least || ceiling > seats) found.push(`bad_ceiling - ${right.code}`);
  }
  if (lowered && !rights.some((right) => right.least)) found.push("bad_ceiling - -");
  return found;
};

const blocking = (lefts, rights, pairs, ceilings, likes) => {
  const partners = new Map(rights.map((right) => [right.code, []]));
  for (const [left, right] of pairs) partners.get(right)?.push(left);
  const found = [];
  for (const left of lefts) {
    const wants = likes.left.get(left.code);
    const content = wants.get(pairs.get(left.code)) ?? NOTHING;
    for (const right of rights) {
      const here = wants.get(right.code), wanted = likes.right.get(right.code), there = wanted.get(left.code);
      if (!here || !there || !likesLess(content, here)) continue;
      const sitting = partners.get(right.code);
      if (sitting.some((code) => likesLess(wanted.get(code) ?? NOTHING, there))) found.push(`passed_over ${left.code} ${right.code}`);
      else if (sitting.length < (ceilings.get(right.code) ?? right.most)) found.push(`empty_seat ${left.code} ${right.code}`);
    }
  }
  return found;
};

/** What is wrong, one line each, `kind left right`; nothing when the matching holds. `order`: all codes by number. */
export const matchFindings = (lefts, rights, order, pairs, ceilings) => {
  const number = new Map(order.map((code, at) => [code, at]));
  const likes = { left: likings(lefts, number), right: likings(rights, number) };
  return sorted(new Set([
    ...wrongPairs(lefts, rights, pairs, ceilings, likes),
    ...blocking(lefts, rights, pairs, ceilings, likes),
  ]));
};
