// A credential out of what a visitor brings: a token, JSON, a baked PNG or SVG (protocols/openbadges/reading.py, baking.py).
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const { isObject, refuse } = kept;
  const LARGEST_FILE = 1024 * 1024;
  const LARGEST_CREDENTIAL = 256 * 1024;
  const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const KEYWORDS = ["openbadgecredential", "openbadges"];
  const ELEMENTS = [["https://purl.imsglobal.org/ob/v3p0", "credential"], ["http://openbadges.org", "assertion"]];

  const CRC = Uint32Array.from({ length: 256 }, (_, start) => {
    let value = start;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  const crc = (bytes) => (bytes.reduce((sum, byte) => CRC[(sum ^ byte) & 0xff] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

  const latin = (bytes) => String.fromCharCode(...bytes);
  const utf8 = (bytes) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return refuse("broken_image");
    }
  };

  /** The parts of one iTXt chunk: keyword, compressed or not and how, language, keyword in it, text. */
  const carried = async (data) => {
    const end = data.indexOf(0);
    if (end < 0 || end > 79 || !KEYWORDS.includes(latin(data.slice(0, end)))) return null;
    const [isPacked, method] = data.slice(end + 1, end + 3);
    const language = data.indexOf(0, end + 3);
    const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
    if (!(isPacked <= 1) || method !== 0 || translated < 0) refuse("broken_image");
    const text = data.slice(translated + 1);
    return utf8(isPacked ? await kept.unpack(text, "deflate", LARGEST_CREDENTIAL, "too_large", "broken_image") : text);
  };

  const unbakePng = async (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const found = [];
    for (let place = PNG.length, kind = ""; kind !== "IEND"; ) {
      if (place + 12 > bytes.length) refuse("broken_image");
      const length = view.getUint32(place);
      if (place + 12 + length > bytes.length) refuse("broken_image");
      if (view.getUint32(place + 8 + length) !== crc(bytes.subarray(place + 4, place + 8 + length))) refuse("broken_image");
      kind = latin(bytes.subarray(place + 4, place + 8));
      const text = kind === "iTXt" ? await carried(bytes.slice(place + 8, place + 8 + length)) : null;
      if (text !== null) found.push(text);
      place += 12 + length;
    }
    return only(found);
  };

  const unbakeSvg = (text) => {
    if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) refuse("broken_image");
    const root = new DOMParser().parseFromString(text, "image/svg+xml");
    if (root.querySelector("parsererror")) refuse("broken_image");
    const found = ELEMENTS.flatMap(([space, name]) => [...root.getElementsByTagNameNS(space, name)]);
    return only(found.map((one) => (one.getAttribute("verify") || one.firstChild?.data || "").trim()));
  };

  // Two readers may take different ones.
  const only = (found) => (found.length === 1 ? found[0] : refuse(found.length ? "several_credentials" : "no_credential"));

  /** {token} or {document}, unverified. Refuses with the codes of reading.Unreadable. */
  kept.read = async (bytes) => {
    if (bytes.length > LARGEST_FILE) refuse("too_large");
    const isPng = PNG.every((byte, place) => bytes[place] === byte);
    let text = isPng ? await unbakePng(bytes) : new TextDecoder().decode(bytes);
    text = text.trim();
    if (!text) refuse("empty");
    if (!isPng && text.startsWith("<")) text = unbakeSvg(text).trim();
    if (text.length > LARGEST_CREDENTIAL) refuse("too_large");
    if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return { token: text };
    if (!/^[{[]/.test(text)) refuse("unknown_kind");
    const document = kept.parse(new TextEncoder().encode(text), "not_json", "not_json");
    return isObject(document) ? { document } : refuse("not_an_object");
  };
})();
