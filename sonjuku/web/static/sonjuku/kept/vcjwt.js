// A credential as a signed token (VC-JWT): the checks and reasons of protocols/openbadges/vcjwt.py, name by name.
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const { get, isObject, refuse } = kept;
  const LARGEST_TOKEN = 512 * 1024;
  const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
  const REGISTERED = ["iss", "jti", "nbf", "sub", "exp", "iat", "aud", "cnf"];
  const CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2";

  /** Header and claims, nothing believed. Refuses: too_large, not_a_token, duplicate_name. */
  kept.readToken = (token) => {
    if ([...token].length > LARGEST_TOKEN) refuse("too_large");
    const parts = token.split(".");
    if (parts.length !== 3 || !parts[0] || !parts[1] || !/^[\w.-]+$/.test(token)) refuse("not_a_token");
    return parts.slice(0, 2).map((part) => {
      const value = kept.parse(kept.decode(part) ?? refuse("not_a_token"), "not_a_token", "duplicate_name");
      return isObject(value) ? value : refuse("not_a_token");
    });
  };

  kept.issuerOf = (document) => {
    const issuer = get(document, "issuer");
    const name = isObject(issuer) ? get(issuer, "id") : issuer;
    return typeof name === "string" ? name : "";
  };

  /** The registered claims that the credential's own members say; null where a date can't be read. */
  const claimsOf = (document) => {
    const claims = { iss: kept.issuerOf(document) };
    const subject = get(document, "credentialSubject");
    if (isObject(subject) && Object.hasOwn(subject, "id")) claims.sub = subject.id;
    if (Object.hasOwn(document, "id")) claims.jti = document.id;
    for (const [claim, member] of [["nbf", "validFrom"], ["exp", "validUntil"]]) {
      if (!Object.hasOwn(document, member)) continue;
      const at = kept.instant(document[member]);
      if (at === null) return null;
      claims[claim] = Math.trunc(at / 1000);
    }
    return claims;
  };

  const formReason = (payload, document) => {
    if (Object.hasOwn(payload, "vc")) return "wrapped";
    if (Object.hasOwn(payload, "proof")) return "has_proof";
    const contexts = get(document, "@context");
    if (!Array.isArray(contexts) || contexts[0] !== CREDENTIALS_V2) return "unknown_context";
    const claims = claimsOf(document);
    for (const name of claims ? ["iss", "jti", "sub", "nbf", "exp"] : []) {
      const given = get(payload, name);
      if (name === "exp" && given === null) continue;
      const whole = typeof given === "number" ? Math.trunc(given) : given;
      if (!kept.same(whole, get(claims, name))) return `${name}_differs`;
    }
    return "";
  };

  const headerReason = (header) => {
    const algorithm = get(header, "alg");
    if (!ALGORITHMS.includes(algorithm)) {
      const name = typeof algorithm === "string" ? algorithm.toLowerCase() : "";
      return name === "none" ? "alg_none" : name.startsWith("hs") ? "alg_secret" : "alg_unsupported";
    }
    if (Object.hasOwn(header, "b64") && header.b64 !== true) return "unencoded_payload";
    if (Object.hasOwn(header, "crit")) return "critical_header";
    if (Object.hasOwn(header, "jku") || Object.hasOwn(header, "x5u")) return "key_by_address";
    return Object.hasOwn(header, "x5c") ? "certificate_in_header" : "";
  };

  /** The issuer's own key that the header names: a token must not vouch for itself. */
  const keyOf = async (header, issuer, dids) => {
    let method = get(header, "kid");
    if (issuer.startsWith("did:key:")) {
      const name = issuer.slice("did:key:".length);
      if (method === null || method === issuer || method === name) method = `${issuer}#${name}`;
    }
    if (typeof method === "string" && method.startsWith("#")) method = issuer + method;
    const isListed = issuer.startsWith("https://") && typeof method === "string" && method.startsWith(`${issuer}#`);
    if (typeof method !== "string" || !(issuer.startsWith("did:") || isListed)) refuse("unknown_key");
    if (method.split("#")[0] !== issuer) refuse("not_issuer");
    const key = await kept.findKey(method, dids);
    if (Object.hasOwn(header, "jwk") && (await kept.keyOfJwk(header.jwk)).id !== key.id) refuse("other_key_in_header");
    return key;
  };

  const signatureReason = async (token, header, key) => {
    if (!key) return "not_checked";
    if (header.alg !== key.algorithm) return "alg_of_other_key";
    const [data, last] = [token.slice(0, token.lastIndexOf(".")), token.slice(token.lastIndexOf(".") + 1)];
    const signature = kept.decode(last);
    return signature && (await kept.isSignature(key, signature, new TextEncoder().encode(data))) ? "" : "wrong_signature";
  };

  const kindReason = (document, types) => {
    const found = kept.several(get(document, "type"));
    return types.some((one) => found.includes(one)) && found.includes("VerifiableCredential") ? "" : "not_a_badge";
  };

  const datesReason = (document, at) => {
    const from = kept.instant(get(document, "validFrom"));
    if (from === null) return "bad_date";
    if (at < from) return "not_yet_valid";
    if (!Object.hasOwn(document, "validUntil")) return "";
    const until = kept.instant(document.validUntil);
    return until === null ? "bad_date" : until <= at ? "expired" : "";
  };

  kept.BADGES = ["OpenBadgeCredential", "AchievementCredential"];

  /** `at` in milliseconds, `dids` the documents by did. Never throws on what the token holds. Checks {name: reason}, in order. */
  kept.verifyToken = async (token, at, dids, types = kept.BADGES) => {
    let header, payload;
    try {
      [header, payload] = kept.readToken(token);
    } catch (error) {
      if (!(error instanceof kept.Reason)) throw error;
      return { checks: { form: error.message, proof: "not_checked" }, issuer: "", document: {}, method: "" };
    }
    const document = Object.fromEntries(Object.entries(payload).filter(([name]) => !REGISTERED.includes(name)));
    const issuer = kept.issuerOf(document);
    let key = null, aboutKey = "";
    try {
      key = await keyOf(header, issuer, dids);
    } catch (error) {
      if (!(error instanceof kept.Reason)) throw error;
      aboutKey = error.message;
    }
    const checks = {
      kind: kindReason(document, types),
      form: formReason(payload, document),
      issuer: aboutKey,
      proof: headerReason(header) || (await signatureReason(token, header, key)),
      dates: datesReason(document, at),
      status: Object.hasOwn(document, "credentialStatus") ? "status_unsupported" : "",
    };
    return { checks, issuer, document, method: get(header, "kid") };
  };
})();
