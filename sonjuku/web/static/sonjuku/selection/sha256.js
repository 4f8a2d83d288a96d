// SHA-256 (FIPS 180-4). Pages on plain http have no crypto.subtle, and a hundred thousand short texts are faster
// without a promise for each. Where the browser has its own, `agrees` compares the two.
const K = new Uint32Array(64);
const START = new Uint32Array(8);
{
  // The first 32 bits of the fractional parts of the roots of the first primes: computed, so that no digit can be mistyped.
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 0x100000000);
  const isPrime = (number) => {
    for (let by = 2; by * by <= number; by += 1) if (number % by === 0) return false;
    return true;
  };
  for (let number = 2, found = 0; found < 64; number += 1) {
    if (!isPrime(number)) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    K[found] = fraction(Math.cbrt(number));
    found += 1;
  }
}
const schedule = new Uint32Array(64);

const block = (state, bytes, from) => {
  const w = schedule;
  for (let i = 0, at = from; i < 16; i += 1, at += 4)
    w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
};

/** Eight words of 32 bits. */
export const digest = (bytes) => {
  const state = START.slice();
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) block(state, bytes, at);
  const rest = bytes.length - whole;
  const last = new Uint8Array(rest < 56 ? 64 : 128);
  last.set(bytes.subarray(whole));
  last[rest] = 0x80;
  const view = new DataView(last.buffer);
  view.setUint32(last.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(last.length - 4, (bytes.length << 3) >>> 0);
  for (let at = 0; at < last.length; at += 64) block(state, last, at);
  return state;
};

export const hex = (words) => Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");

/** The bytes of an even number of lower-case hex digits. */
export const bytesOf = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const encoder = new TextEncoder();
const HALF_A_SIGN = /\p{Surrogate}/u;

/** UTF-8; refuses a text that has none, as half of a pair has. */
export const utf8 = (text) => {
  if (HALF_A_SIGN.test(text)) throw new RangeError("not UTF-8");
  return encoder.encode(text);
};

export const hashOf = (text) => hex(digest(utf8(text)));

/** Whether the browser's own SHA-256, where it has one here, says the same of these bytes. */
export const agrees = async (bytes) => {
  const own = globalThis.crypto?.subtle;
  if (!own) return true;
  const told = new DataView(await own.digest("SHA-256", bytes));
  return digest(bytes).every((word, at) => word === told.getUint32(4 * at));
};
