// Bytes, base64url, strict JSON and instants, read as protocols/openbadges reads them. No module: file:// loads none.
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const MOST_NESTED = 128;
  const PIECES = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/gs;
  const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/;

  /** Why something isn't believed or can't be read; `message` is one of the codes of protocols/openbadges. */
  kept.Reason = class extends Error {};
  kept.refuse = (code) => { throw new kept.Reason(code); };

  kept.isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  kept.get = (object, name) => (Object.hasOwn(object, name) ? object[name] : null) ?? null;
  kept.several = (value) => (Array.isArray(value) ? value : [value]);

  kept.encode = (bytes) => {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  /** base64url without padding, the one spelling of its bytes; null for any other. */
  kept.decode = (text) => {
    if (typeof text !== "string" || !/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
    const signs = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
    return kept.encode(bytes) === text ? bytes : null;
  };

  /** The JSON value in these bytes. Refuses: `twice` where a name stands twice, `otherwise` for all that is no sound JSON. */
  kept.parse = (bytes, otherwise, twice) => {
    let value, text;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      value = JSON.parse(text);
    } catch {
      kept.refuse(otherwise);
    }
    checkStructure(text, otherwise, twice);
    if (!isSound(value)) kept.refuse(otherwise);
    return value;
  };

  /** Of JSON that parses: no name stands twice in an object, and nothing is nested without end. */
  const checkStructure = (text, otherwise, twice) => {
    const open = [];
    for (const [piece] of text.matchAll(PIECES)) {
      const inside = open.at(-1);
      if (piece === "{" || piece === "[") {
        open.push({ names: piece === "{" ? new Set() : null, atName: piece === "{" });
        if (open.length > MOST_NESTED) kept.refuse(otherwise);
      } else if (piece === "}" || piece === "]") open.pop();
      else if (piece === ",") inside.atName = inside.names !== null;
      else if (inside?.atName) {
        const name = JSON.parse(piece);
        if (inside.names.has(name)) kept.refuse(twice);
        inside.names.add(name);
        inside.atName = false;
      }
    }
  };

  const isSound = (value) => {
    if (typeof value === "number") return Number.isFinite(value);
    if (typeof value === "string") return !/\p{Surrogate}/u.test(value);
    if (typeof value !== "object" || value === null) return true;
    return Object.entries(value).every(([name, inner]) => isSound(name) && isSound(inner));
  };

  kept.same = (one, other) => {
    if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return one === other;
    if (Array.isArray(one) !== Array.isArray(other)) return false;
    const names = Object.keys(one);
    return names.length === Object.keys(other).length
      && names.every((name) => Object.hasOwn(other, name) && kept.same(one[name], other[name]));
  };

  /** Milliseconds since 1970 of an xsd:dateTime that carries its offset; null for anything else. */
  kept.instant = (text) => {
    const found = typeof text === "string" && INSTANT.exec(text);
    if (!found) return null;
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
    const [ahead, behind] = [Number(found[9] ?? 0), Number(found[10] ?? 0)];
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const isDay = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    if (!isDay || hour > 23 || minute > 59 || second > 59 || ahead > 23 || behind > 59) return null;
    const offset = (ahead * 60 + behind) * (found[8] === "-" ? -1 : 1);
    return date.setUTCHours(hour, minute - offset, second) + Number(found[7] ?? 0) * 1000;
  };

  /** Unpacks at most `most` bytes. Refuses: `bomb` for more than that, `broken`. */
  kept.unpack = async (bytes, kind, most, bomb, broken) => {
    const parts = [];
    let size = 0;
    try {
      const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(kind)).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        size += part.value.length;
        if (size > most) {
          await reader.cancel();
          break;
        }
        parts.push(part.value);
      }
    } catch {
      kept.refuse(broken);
    }
    if (size > most) kept.refuse(bomb);
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };
})();
