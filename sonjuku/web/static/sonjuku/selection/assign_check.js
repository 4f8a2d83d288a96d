// A second opinion on ranked wishes, written apart from what makes the result: sonjuku/engines/selection/check.py.
// For each seat type it takes the worst key that sits there, then asks of everybody at each wish that was as good
// as or better than what they got: was there a seat that should have been theirs?

const MOST = 1000;

/** Seats per type after regional caps, from how many want each programme: dealt one by one. */
const leftByCaps = (market, wanting) => {
  const quotas = market.quotas.map((row) => [...row]);
  market.caps.forEach((cap, region) => {
    const here = market.region.flatMap((at, p) => (at === region ? [p] : []));
    const wanted = new Map(here.map((p) => [p, Math.min(wanting[p], market.capacity[p])]));
    const dealt = new Map(here.map((p) => [p, Math.min(wanted.get(p), market.target[p])]));
    let all = [...dealt.values()].reduce((sum, one) => sum + one, 0);
    for (let moved = true; moved && all < cap;) {
      moved = false;
      for (const p of here)
        if (dealt.get(p) < wanted.get(p) && all < cap) {
          dealt.set(p, dealt.get(p) + 1);
          all += 1;
          moved = true;
        }
    }
    for (const p of here.filter((at) => dealt.get(at) < wanted.get(at))) {
      let over = market.capacity[p] - dealt.get(p);
      for (let kind = quotas[p].length - 1; over > 0; kind -= 1) {
        const gone = Math.min(over, quotas[p][kind]);
        quotas[p][kind] -= gone;
        over -= gone;
      }
    }
  });
  return quotas;
};

const outcomeOf = (market, applicants, result) => {
  const longest = market.lists.reduce((most, list) => Math.max(most, list.length), 0);
  return applicants.map(({ code }, who) => {
    const place = result.get(code);
    if (!place) return null;
    const wish = market.lists[who].indexOf(place.at);
    return { wish: wish < 0 ? longest : wish, programme: place.at, seat: place.kind };
  });
};

/** Findings before they are words: [kind, who or -1, programme or -1, region or -1]. */
const over = (market, outcome) => {
  const found = [], count = market.quotas.map(() => 0);
  for (const place of outcome) if (place) count[place.programme] += 1;
  count.forEach((many, p) => { if (many > market.capacity[p]) found.push(["over_capacity", -1, p, -1]); });
  market.caps.forEach((cap, region) => {
    const many = count.reduce((sum, one, p) => sum + (market.region[p] === region ? one : 0), 0);
    if (many > cap) found.push(["over_cap", -1, -1, region]);
  });
  outcome.forEach((place, who) => {
    if (place && place.seat < market.quotas[place.programme].length && !market.entitled(who, place.programme, place.seat))
      found.push(["wrong_seat", who, place.programme, -1]);
  });
  return found;
};

const unjust = (market, outcome) => {
  const reaches = (who, wish) => !outcome[who] || wish <= outcome[who].wish;
  const wanting = market.quotas.map(() => 0);
  market.lists.forEach((list, who) => list.forEach((p, wish) => { if (reaches(who, wish)) wanting[p] += 1; }));
  const quotas = leftByCaps(market, wanting);
  const filled = quotas.map((row) => new Array(row.length + 1).fill(0));
  const worst = quotas.map((row) => new Array(row.length + 1).fill(-1));
  outcome.forEach((place, who) => {
    if (!place) return;
    const { programme: p, seat } = place;
    filled[p][seat] += 1;
    worst[p][seat] = Math.max(worst[p][seat], market.keyAt(who, place.wish));
  });
  const found = [];
  quotas.forEach((row, p) => {
    const seats = [...row, row.reduce((sum, quota, kind) => sum + quota - filled[p][kind], 0)];
    if (seats.some((many, kind) => filled[p][kind] > many)) found.push(["over_type", -1, p, -1]);
    seats.forEach((many, kind) => { if (filled[p][kind] < many) worst[p][kind] = Infinity; });
  });
  const longest = market.lists.reduce((most, list) => Math.max(most, list.length), 0);
  for (let wish = 0; wish < longest; wish += 1) {
    let many = 0;
    for (let who = 0; who < outcome.length && many < MOST; who += 1) {
      if (wish >= market.lists[who].length || !reaches(who, wish)) continue;
      const p = market.lists[who][wish], key = market.keyAt(who, wish), types = quotas[p].length;
      const sits = outcome[who] && outcome[who].wish === wish;
      const seat = sits ? outcome[who].seat : types + 1;
      let owed = false;
      for (let kind = 0; kind <= types && kind < seat && !owed; kind += 1)
        owed = key < worst[p][kind] && (kind === types || market.entitled(who, p, kind));
      if (!owed) continue;
      found.push([sits ? "seat_order" : "passed_over", who, p, -1]);
      many += 1;
    }
  }
  return found;
};

/** What an applicant could complain of, one line each: `kind applicant programme region`, `-` for none. */
export const assignFindings = (market, { programmes, regions }, applicants, result) => {
  const outcome = outcomeOf(market, applicants, result);
  let found = [];
  outcome.forEach((place, who) => {
    if (place && place.wish >= market.lists[who].length) found.push(["not_a_wish", who, -1, -1]);
  });
  if (!found.length) found = [...over(market, outcome), ...unjust(market, outcome)];
  const named = (rows, at) => (at >= 0 ? rows[at].code : "-");
  return found.slice(0, MOST).map(([kind, who, p, region]) =>
    `${kind} ${named(applicants, who)} ${named(programmes, p)} ${named(regions, region)}`);
};
