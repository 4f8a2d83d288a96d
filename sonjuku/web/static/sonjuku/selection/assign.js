// Ranked wishes: sonjuku/engines/selection/wire_assign.py, assign.py and choice.py.
import { acceptance, seated, seatsUnderCap, trimmed } from "./acceptance.js";
import { assignFindings } from "./assign_check.js";
import { drawOrder, fields, eachLine, lineError, name, names, NONE, refuse, rising, sorted, whole, Wrong } from "./wire.js";

const MOST_CLASS = 9999;
const MOST_GROUPS = 62;
const RELEASED = "released";

const readRules = (lines) => {
  const regions = [], programmes = [];
  eachLine(lines, "bad_rules", 6, (line) => {
    const [key] = line.split("\t");
    if (key === "region" && !programmes.length) {
      const [, code, cap] = fields(line, 3);
      regions.push({ code: name(code), cap: whole(cap) });
    } else if (key === "programme") {
      const [, code, region, target] = fields(line, 4);
      programmes.push({ code: name(code), region: region === NONE ? "" : name(region), target: whole(target), seats: [] });
    } else if (key === "seats") {
      const [, group, size] = fields(line, 3);
      if (!programmes.length) refuse("order");
      programmes[programmes.length - 1].seats.push({ group: group === "*" ? "" : name(group), size: whole(size) });
    } else refuse("key");
  });
  const reason = wrongRules(programmes, regions);
  if (reason) throw new Wrong("bad_rules", `${reason} line 6`);
  return { programmes, regions };
};

const wrongRules = (programmes, regions) => {
  const twice = (rows) => new Set(rows.map((row) => row.code)).size !== rows.length;
  if (twice(programmes) || twice(regions)) return "duplicate_name";
  const caps = new Map(regions.map((region) => [region.code, region.cap]));
  for (const programme of programmes) {
    if (!programme.seats.length) return "no_seats";
    if (programme.region && !caps.has(programme.region)) return "unknown_region";
  }
  for (const [code, cap] of caps) {
    const targets = programmes.reduce((sum, p) => sum + (p.region === code ? p.target : 0), 0);
    if (targets > cap) return "targets_over_cap";
  }
  return "";
};

const readList = (lines) => {
  const known = new Map(); // the same few programmes and classes stand in every line
  const wish = (text) => {
    if (!known.has(text)) {
      const parts = text.split(":");
      if (parts.length !== 2) refuse("fields");
      const found = { programme: name(parts[0]), priority: whole(parts[1]) };
      known.set(text, found.priority >= 1 && found.priority <= MOST_CLASS ? found : refuse("class"));
    }
    return known.get(text);
  };
  const found = [];
  eachLine(lines, "bad_list", 2, (line) => {
    const [code, groups, wishes] = fields(line, 3);
    const one = { wishes: wishes === NONE ? [] : wishes.split(",").map(wish), code: name(code), groups: names(groups) };
    rising(one.groups);
    if (found.length) rising([found[found.length - 1].code, one.code]);
    found.push(one);
  });
  return found;
};

/** The selection as numbers: positions for programmes and regions, keys for who goes first (classes, then number). */
const marketOf = ({ programmes, regions }, applicants, order) => {
  const position = new Map(programmes.map((p, at) => [p.code, at]));
  const groups = [...new Set(programmes.flatMap((p) => p.seats.map((s) => s.group)).filter(Boolean))];
  if (groups.length > MOST_GROUPS) refuse("too_many_groups");
  const lists = applicants.map((a) => a.wishes.map((w) => position.get(w.programme) ?? refuse("unknown_programme")));
  if (lists.some((list) => new Set(list).size !== list.length)) refuse("duplicate_name");
  const number = new Map(order.map((code, at) => [code, at]));
  const numbers = applicants.map((a) => number.get(a.code));
  const bit = new Map(groups.map((group, at) => [group, at]));
  const members = new Uint8Array(applicants.length * groups.length);
  applicants.forEach((a, who) => a.groups.forEach((group) => {
    members[who * groups.length + (bit.get(group) ?? refuse("unknown_group"))] = 1;
  }));
  const heldFor = programmes.map((p) => p.seats.map((s) => (s.group ? bit.get(s.group) : -1)));
  const region = new Map(regions.map((r, at) => [r.code, at]));
  return {
    lists,
    keyAt: (who, wish) => applicants[who].wishes[wish].priority * order.length + numbers[who],
    entitled: (who, p, kind) => heldFor[p][kind] < 0 || members[who * groups.length + heldFor[p][kind]] === 1,
    quotas: programmes.map((p) => p.seats.map((s) => s.size)),
    capacity: programmes.map((p) => p.seats.reduce((sum, s) => sum + s.size, 0)),
    isOpen: heldFor.map((held) => held.every((group) => group < 0)),
    region: programmes.map((p) => (p.region ? region.get(p.region) : -1)),
    caps: regions.map((r) => r.cap),
    target: programmes.map((p) => (p.region ? p.target : 0)),
  };
};

/** The quotas when `asking(p)` want programme p: all of them, or what regional caps leave. */
const openQuotas = (market, asking, here) => {
  const open = new Map(here.map((p) => [p, market.quotas[p]]));
  market.caps.forEach((cap, region) => {
    const together = here.filter((p) => market.region[p] === region);
    if (!together.length) return;
    const wanted = together.map((p) => Math.min(asking(p), market.capacity[p]));
    seatsUnderCap(wanted, together.map((p) => market.target[p]), cap).forEach((given, at) => {
      if (given < wanted[at]) open.set(together[at], trimmed(market.quotas[together[at]], given));
    });
  });
  return open;
};

/** Puts those who ask among those who sit, in the order of their keys. */
const joined = (sitting, asking) => {
  if (asking.length > 8) return [...sitting, ...asking].sort((a, b) => a[2] - b[2]);
  for (const one of asking) {
    let low = 0, high = sitting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sitting[middle][2] < one[2]) low = middle + 1; else high = middle;
    }
    sitting.splice(low, 0, one);
  }
  return sitting;
};

/** Desks for programmes whose seats hang together: those with held seats, and all of a capped region. */
const desks = (market) => {
  const sitting = market.quotas.map(() => []);
  const ofRegion = market.caps.map((_, region) => market.region.flatMap((at, p) => (at === region ? [p] : [])));
  const choose = (desk, asking) => {
    const here = desk < market.caps.length ? ofRegion[desk] : [desk - market.caps.length];
    for (const p of new Set(asking.map((one) => one[1]))) sitting[p] = joined(sitting[p], asking.filter((one) => one[1] === p));
    const quotas = openQuotas(market, (p) => sitting[p].length, here);
    const leaving = [];
    for (const p of here) {
      if (sitting[p].length <= quotas.get(p).reduce((sum, seats) => sum + seats, 0)) continue;
      const rows = sitting[p], seat = seated(rows.length, (at, kind) => market.entitled(rows[at][0], p, kind), quotas.get(p));
      sitting[p] = rows.filter((_, at) => seat[at] >= 0);
      rows.forEach((one, at) => { if (seat[at] < 0) leaving.push(one[0]); });
    }
    return leaving;
  };
  const deskOf = (p) => (market.region[p] >= 0 ? market.region[p] : market.isOpen[p] ? -1 : market.caps.length + p);
  return { deskOf, choose };
};

/** Programme and seat type of each who was kept: one choice among them alone seats each of them. */
const places = (market, taken, next) => {
  const kept = market.quotas.map(() => []), asked = market.quotas.map(() => 0);
  market.lists.forEach((list, who) => {
    for (let wish = 0; wish < list.length && wish <= next[who]; wish += 1) asked[list[wish]] += 1;
    if (taken[who] >= 0) kept[list[taken[who]]].push([who, 0, market.keyAt(who, taken[who])]);
  });
  const quotas = openQuotas(market, (p) => asked[p], market.quotas.map((_, p) => p));
  const found = new Map();
  kept.forEach((rows, p) => {
    rows.sort((a, b) => a[2] - b[2]);
    const seat = seated(rows.length, (at, kind) => market.entitled(rows[at][0], p, kind), quotas.get(p));
    rows.forEach(([who], at) => found.set(who, [p, seat[at]]));
  });
  return found;
};

const readResult = (programmes, lines) => {
  const kinds = new Map(programmes.map((p, at) => [p.code, [at, p.seats.length]]));
  const found = new Map();
  eachLine(lines, "bad_result", 1, (line) => {
    const [code, programme, seat] = fields(line, 3);
    if (programme === NONE) return;
    const [at, types] = kinds.get(programme) ?? refuse("programme");
    const kind = seat === RELEASED ? types : whole(seat) - 1;
    if (kind < 0 || kind > types) refuse("seat");
    found.set(code, { programme, at, kind });
  });
  return found;
};

export const assign = {
  run(ruleLines, entries, seed, tell) {
    const rules = readRules(ruleLines), applicants = readList(entries);
    const order = drawOrder(applicants.map((a) => a.code), seed, tell);
    const market = marketOf(rules, applicants, order);
    const next = new Int32Array(applicants.length);
    const taken = acceptance({ ...market, ...desks(market), next });
    const found = places(market, taken, next);
    const at = new Map(applicants.map((a, who) => [a.code, who]));
    const result = sorted(order).map((code) => {
      const place = found.get(at.get(code));
      if (!place) return `${code}\t${NONE}\t${NONE}`;
      const { code: programme, seats } = rules.programmes[place[0]];
      return `${code}\t${programme}\t${place[1] >= seats.length ? RELEASED : place[1] + 1}`;
    });
    return { order, result };
  },

  complaints(ruleLines, entries, seed, resultLines, order) {
    const rules = readRules(ruleLines), applicants = readList(entries);
    const result = readResult(rules.programmes, resultLines);
    const market = marketOf(rules, applicants, order);
    const codes = new Set(order);
    const strangers = new Map([...result].filter(([code]) => !codes.has(code)));
    if (strangers.size) return sorted(strangers.keys()).map((code) => `not_a_wish ${code} ${strangers.get(code).programme} -`);
    return sorted(assignFindings(market, rules, applicants, result));
  },
};
