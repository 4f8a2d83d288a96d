// Deferred acceptance, applicants proposing (Gale & Shapley 1962): sonjuku/engines/selection/deferred.py says what it promises.
// Everybody without a place asks the next wish; programmes keep the best and send the rest on, until nobody moves.

/** Who holds a seat of an open programme: a heap with the worst key on top. `offer` says who leaves, or -1. */
class Heap {
  constructor(capacity) {
    this.capacity = capacity;
    this.keys = [];
    this.who = [];
  }

  offer(who, key) {
    if (this.keys.length < this.capacity) {
      this.keys.push(key);
      this.who.push(who);
      this.up(this.keys.length - 1);
      return -1;
    }
    if (!this.capacity || key > this.keys[0]) return who;
    const leaver = this.who[0];
    this.keys[0] = key;
    this.who[0] = who;
    this.down();
    return leaver;
  }

  swap(a, b) {
    [this.keys[a], this.keys[b]] = [this.keys[b], this.keys[a]];
    [this.who[a], this.who[b]] = [this.who[b], this.who[a]];
  }

  up(at) {
    for (let above = (at - 1) >> 1; at > 0 && this.keys[above] < this.keys[at]; above = (at - 1) >> 1) {
      this.swap(at, above);
      at = above;
    }
  }

  down() {
    for (let at = 0; ;) {
      let most = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < this.keys.length && this.keys[below] > this.keys[most]) most = below;
      if (most === at) return;
      this.swap(at, most);
      at = most;
    }
  }
}

/**
 * The place of each in the own list, or -1. `lists[i]`: programmes, best first; `keyAt(i, wish)`: a smaller key goes first.
 * `deskOf(p)`: -1 for an open programme with `capacity[p]` seats, else a desk; `choose(desk, asking)` takes
 * [who, programme, key] of all who ask it in this round and returns who is sent on. `next[i]` (if given) hears how far each came.
 */
export const acceptance = ({ lists, keyAt, capacity, deskOf = () => -1, choose, next = new Int32Array(lists.length) }) => {
  const heaps = Array.from(capacity, (seats) => new Heap(seats));
  let free = lists.map((_, who) => who);
  while (free.length) {
    const onward = [], asking = new Map();
    for (let who of free) {
      while (who >= 0 && next[who] < lists[who].length) {
        const programme = lists[who][next[who]], key = keyAt(who, next[who]), desk = deskOf(programme);
        if (desk >= 0) {
          if (!asking.has(desk)) asking.set(desk, []);
          asking.get(desk).push([who, programme, key]);
          break;
        }
        who = heaps[programme].offer(who, key);
        if (who >= 0) next[who] += 1;
      }
    }
    for (const [desk, group] of asking)
      for (const who of choose(desk, group)) {
        next[who] += 1;
        onward.push(who);
      }
    free = onward;
  }
  return lists.map((list, who) => (next[who] < list.length ? next[who] : -1));
};

/** How many seats each programme of a region may fill: Kamada and Kojima's flexible rule, as in choice.py. */
export const seatsUnderCap = (wanted, target, cap) => {
  const given = wanted.map((want, at) => Math.min(want, target[at]));
  let left = cap - given.reduce((sum, one) => sum + one, 0);
  let short = wanted.map((_, at) => at).filter((at) => given[at] < wanted[at]);
  while (short.length && left > 0) {
    const step = Math.min(Math.floor(left / short.length), ...short.map((at) => wanted[at] - given[at]));
    for (const at of step ? short : short.slice(0, left)) {
      given[at] += step || 1;
      left -= step || 1;
    }
    short = short.filter((at) => given[at] < wanted[at]);
  }
  return given;
};

/** Seat types cut from the end of the published order until a programme has no more than `seats`. */
export const trimmed = (quotas, seats) => {
  let left = seats;
  return quotas.map((quota) => {
    const open = Math.min(quota, left);
    left -= open;
    return open;
  });
};

/** Seat types of candidates who stand in the order of their keys: the type, its number (released), or -1. */
export const seated = (count, belongs, quotas) => {
  const seat = new Int16Array(count).fill(-1);
  let spare = 0;
  quotas.forEach((quota, kind) => {
    let left = quota;
    for (let at = 0; at < count && left > 0; at += 1)
      if (seat[at] < 0 && belongs(at, kind)) {
        seat[at] = kind;
        left -= 1;
      }
    spare += left;
  });
  for (let at = 0; at < count && spare > 0; at += 1)
    if (seat[at] < 0) {
      seat[at] = quotas.length;
      spare -= 1;
    }
  return seat;
};
