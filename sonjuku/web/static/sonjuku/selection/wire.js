// The published texts, as sonjuku/engines/selection/wire.py describes them: what is hashed is what is read.
import { digest, hashOf, utf8 } from "./sha256.js";

export const FORMAT = "sonjuku-selection-2";
export const ENGINE = "1";
export const NONE = "-";
const HEAD = ["format", "engine", "method", "run", "source"];
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const WHOLE = /^(?:0|[1-9][0-9]{0,9})$/;
const MOST = 1_000_000_000;
const STRAY = /[\x00-\x08\x0b-\x1f]|\n\n/;

/** A text that is not in the format: the kind of problem, and where. */
export class Wrong extends Error {
  constructor(kind, detail) {
    super(`${kind} ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}

export const lineError = (kind, number) => new Wrong(kind, `line ${number}`);

/** Reads each line; whatever `read` throws becomes `kind` with the line's number. */
export const eachLine = (lines, kind, from, read) => {
  lines.forEach((line, at) => {
    try {
      read(line);
    } catch {
      throw lineError(kind, at + from);
    }
  });
};

export const refuse = (reason) => { throw new Error(reason); };

const ends = (text, before) => text.slice(0, before).split("\n").length;

/** The lines of a text that is in the format. */
export const linesOf = (text, kind) => {
  if (text && !text.endsWith("\n")) throw lineError(kind, ends(text));
  if (text.startsWith("\n")) throw lineError(kind, 1);
  const stray = STRAY.exec(text);
  if (stray) throw lineError(kind, ends(text, stray.index + (stray[0] === "\n\n" ? 1 : 0)));
  return text.split("\n").slice(0, -1);
};

export const textOf = (lines) => lines.map((line) => `${line}\n`).join("");

const readHead = (lines) => HEAD.map((key, at) => {
  const found = at < lines.length ? lines[at].split("\t") : [];
  if (found.length !== 2 || found[0] !== key || !found[1]) throw lineError("bad_rules", at + 1);
  return found[1];
});

/** The method's name, and its lines of the rules and of the list. */
export const readTexts = (rules, list, methods) => {
  const ruleLines = linesOf(rules, "bad_rules"), listLines = linesOf(list, "bad_list");
  const [format, engine, method, run, source] = readHead(ruleLines);
  if (format !== FORMAT) throw lineError("other_engine", 1);
  if (engine !== ENGINE) throw lineError("other_engine", 2);
  if (!methods.has(method)) throw lineError("other_method", 3);
  if (listLines[0] !== `rules\t${hashOf(rules)}`) throw lineError("list_names_other_rules", 1);
  return { method, run, source, rules: ruleLines.slice(HEAD.length), entries: listLines.slice(1) };
};

export const fields = (line, count) => {
  const found = line.split("\t");
  return found.length === count ? found : refuse("fields");
};

export const whole = (text) => (WHOLE.test(text) && Number(text) <= MOST ? Number(text) : refuse("not a number"));

export const name = (text) => (NAME.test(text) ? text : refuse("not a name"));

export const names = (text, sign = ",") => (text === NONE ? [] : text.split(sign).map(name));

/** Refuses codes that are not sorted or stand twice; names are ASCII, so that signs compare as bytes do. */
export const rising = (codes) => {
  for (let at = 1; at < codes.length; at += 1) if (codes[at - 1] >= codes[at]) refuse("not sorted");
};

/** Sorts as Python does, by code point; JavaScript's own order puts some rare signs elsewhere. */
export const sorted = (texts) => {
  const found = [...texts];
  if (found.every((text) => !/[\ud800-\uffff]/.test(text))) return found.sort((a, b) => (a < b ? -1 : Number(a > b)));
  const points = (text) => Array.from(text, (sign) => sign.codePointAt(0));
  const compare = ([, a], [, b]) => {
    for (let at = 0; at < a.length && at < b.length; at += 1) if (a[at] !== b[at]) return a[at] - b[at];
    return a.length - b.length;
  };
  return found.map((text) => [text, points(text)]).sort(compare).map(([text]) => text);
};

/** Codes by SHA-256(seed ":" code). `tell(part)` hears how far it is, from 0 to 1. */
export const drawOrder = (codes, seed, tell = () => {}) => {
  if (!/^[0-9a-f]+$/.test(seed)) refuse("bad_seed");
  const words = new Uint32Array(8 * codes.length);
  codes.forEach((code, at) => {
    words.set(digest(utf8(`${seed}:${code}`)), 8 * at);
    if (at % 5000 === 0) tell(at / codes.length);
  });
  const compare = (a, b) => {
    for (let word = 0; word < 8; word += 1) {
      const less = words[8 * a + word] - words[8 * b + word];
      if (less) return less;
    }
    return codes[a] < codes[b] ? -1 : 1;
  };
  return Uint32Array.from(codes, (_, at) => at).sort(compare).reduce((found, at) => (found.push(codes[at]), found), []);
};
