// Whose key a verification method names, as protocols/openbadges/controllers.py finds it; keys are checked by WebCrypto.
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const { get, isObject, refuse, several } = kept;
  const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const SHORTEST_RSA = 2048;
  const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  const IMPORTS = {
    EdDSA: { name: "Ed25519" },
    ES256: { name: "ECDSA", namedCurve: "P-256" },
    RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  };
  const CHECKS = { EdDSA: { name: "Ed25519" }, ES256: { name: "ECDSA", hash: "SHA-256" }, RS256: { name: "RSASSA-PKCS1-v1_5" } };

  const multibase = (text) => {
    if (typeof text !== "string" || text[0] !== "z" || text.length > 128) refuse("unsupported_key");
    let number = 0n;
    for (const sign of text.slice(1)) {
      const digit = ALPHABET.indexOf(sign);
      if (digit < 0) refuse("unsupported_key");
      number = number * 58n + BigInt(digit);
    }
    const hex = number ? number.toString(16) : "";
    const rest = (hex.length % 2 ? `0${hex}` : hex).match(/../g) ?? [];
    const zeros = /^1*/.exec(text.slice(1))[0].length;
    return Uint8Array.from([...Array(zeros).fill(0), ...rest.map((pair) => parseInt(pair, 16))]);
  };

  const power = (base, exponent) => {
    let result = 1n;
    for (let left = exponent, square = base % P; left; left >>= 1n, square = (square * square) % P) {
      if (left & 1n) result = (result * square) % P;
    }
    return result;
  };

  const number = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);

  /** A compressed P-256 point as x and y in full: browsers import no other. */
  const point = (bytes) => {
    const x = number(bytes.slice(1));
    const square = (((x * x * x - 3n * x + B) % P) + P) % P;
    let y = power(square, (P + 1n) / 4n);
    if ((bytes[0] !== 2 && bytes[0] !== 3) || x >= P || (y * y) % P !== square) refuse("unsupported_key");
    if (Number(y & 1n) !== (bytes[0] & 1)) y = P - y;
    const hex = y.toString(16).padStart(64, "0");
    return Uint8Array.from([4, ...bytes.slice(1), ...hex.match(/../g).map((pair) => parseInt(pair, 16))]);
  };

  /** `id` is the same for the same key, however it was spelled. */
  const imported = async (algorithm, form, data, id) => {
    if (!globalThis.crypto?.subtle) refuse("no_crypto");
    try {
      return { algorithm, id, key: await crypto.subtle.importKey(form, data, IMPORTS[algorithm], false, ["verify"]) };
    } catch (error) {
      refuse(error.name === "NotSupportedError" ? "no_algorithm" : "unsupported_key");
    }
  };
  const raw = (algorithm, bytes) => imported(algorithm, "raw", bytes, algorithm + kept.encode(bytes));

  kept.decodedKey = async (text) => {
    const data = multibase(text);
    if (data[0] === 0xed && data[1] === 0x01 && data.length === 34) return raw("EdDSA", data.slice(2));
    if (data[0] === 0x80 && data[1] === 0x24 && data.length === 35) return raw("ES256", point(data.slice(2)));
    refuse("unsupported_key");
  };

  const part = (jwk, name, length = 0) => {
    const bytes = kept.decode(get(jwk, name));
    if (!bytes?.length || (length && bytes.length !== length)) refuse("unsupported_key");
    return bytes;
  };

  kept.keyOfJwk = async (jwk) => {
    if (!isObject(jwk) || ["d", "k", "p", "q"].some((name) => Object.hasOwn(jwk, name))) refuse("unsupported_key");
    const [kind, curve] = [get(jwk, "kty"), get(jwk, "crv")];
    if (kind === "OKP" && curve === "Ed25519") return raw("EdDSA", part(jwk, "x", 32));
    if (kind === "EC" && curve === "P-256") return raw("ES256", Uint8Array.from([4, ...part(jwk, "x", 32), ...part(jwk, "y", 32)]));
    if (kind !== "RSA") refuse("unsupported_key");
    const [modulus, exponent] = [number(part(jwk, "n")), number(part(jwk, "e"))];
    if (modulus.toString(2).length < SHORTEST_RSA) refuse("weak_key");
    return imported("RS256", "jwk", { kty: "RSA", n: jwk.n, e: jwk.e }, `RS256 ${modulus} ${exponent}`);
  };

  const documentOf = (did, documents) => {
    if (!/^(did:web:|https:\/\/)/.test(did)) refuse("unsupported_key");
    const found = get(documents, did) ?? refuse("unknown_controller");
    if (!isObject(found)) refuse("broken_controller");
    if (get(found, "id") !== did) refuse("wrong_controller");
    return found;
  };

  const listed = (document, name) => several(Object.hasOwn(document, name) ? document[name] : []);

  /** The key of a method (did#fragment) that may make assertions. Refuses with the codes of controllers.NoKey. */
  kept.findKey = async (method, documents) => {
    const [did, ...rest] = method.split("#");
    const fragment = rest.join("#");
    if (did.startsWith("did:key:")) {
      if (fragment !== did.slice("did:key:".length)) refuse("no_such_method");
      return kept.decodedKey(fragment);
    }
    const document = documentOf(did, documents);
    const isNamed = (one) => one === method || one === `#${fragment}`;
    const entries = (name) => listed(document, name).filter((one) => isObject(one) && isNamed(get(one, "id")));
    const [found, embedded] = [entries("verificationMethod"), entries("assertionMethod")];
    if (found.length + embedded.length !== 1) refuse("no_such_method");
    if (!embedded.length && !listed(document, "assertionMethod").some(isNamed)) refuse("not_for_assertion");
    const [entry] = [...found, ...embedded];
    if (get(entry, "controller") !== did) refuse("wrong_controller");
    const text = get(entry, "publicKeyMultibase");
    return typeof text === "string" ? kept.decodedKey(text) : kept.keyOfJwk(get(entry, "publicKeyJwk"));
  };

  kept.isSignature = ({ algorithm, key }, signature, data) => crypto.subtle.verify(CHECKS[algorithm], key, signature, data);
})();
