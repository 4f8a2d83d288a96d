// What is found of a thing that somebody brings, with what this folder holds of keys and lists. Knows no page and no words.
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const { get, isObject } = kept;
  const OURS = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

  const told = async (find) => {
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof kept.Reason)) throw error;
      return { reason: error.message };
    }
  };

  /** The token of a badge that came as JSON: fetched from this folder by its id, null where it holds none. */
  const tokenOf = async (document, fetchToken) => {
    const id = OURS.exec(get(document, "id"))?.[1];
    try {
      return id ? await fetchToken(id) : null;
    } catch {
      return null;
    }
  };

  const withoutProof = ({ proof, ...rest }) => rest;

  const keyReason = ({ issuer, method }, data) => {
    const name = (typeof method === "string" && method.split("#")[1]) || issuer.replace("did:key:", "");
    if (data.struck.includes(`did:key:${name}`)) return "struck";
    return Object.hasOwn(data.issuers, issuer) ? "" : "stranger";
  };

  /** "" only where a list of the issuer says that it holds: whatever could not be told has its own reason. */
  const standing = async (document, data, at) => {
    if (!Object.hasOwn(document, "credentialStatus")) return { told: "no_status" };
    const found = await kept.statusOf(document, data.lists, at, data.dids);
    const sisters = kept.sister(document).filter(({ statusListCredential: url }) => Object.hasOwn(data.lists, url));
    if (found.told || !sisters.length) return found;
    const sister = await kept.statusOf({ ...document, credentialStatus: sisters }, data.lists, at, data.dids);
    return { ...found, told: sister.told };
  };

  const claimsOf = (document) => {
    const subject = get(document, "credentialSubject");
    const achievement = isObject(subject) ? get(subject, "achievement") : null;
    const issuer = get(document, "issuer");
    const found = {
      title: (isObject(achievement) && get(achievement, "name")) || get(document, "name"),
      description: isObject(achievement) ? get(achievement, "description") : null,
      issuer: isObject(issuer) ? get(issuer, "name") ?? get(issuer, "id") : issuer,
      issued: get(document, "validFrom"),
    };
    return Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === "string" && value));
  };

  /** {unread: reason}, or the checks {name: reason}, the claims, whose key it is and when the list was signed.
   *  `data`: issuers, dids, lists, struck (verify/data.js). `fetchToken(id)`: this folder's .jwt of a badge. */
  kept.examine = async (bytes, at, data, fetchToken) => {
    const brought = await told(() => kept.read(bytes));
    if (brought.reason) return { unread: brought.reason };
    const token = brought.token ?? (await tokenOf(brought.document, fetchToken));
    if (!token) return { unread: "needs_token" };
    const verified = await kept.verifyToken(token, at, data.dids);
    const { checks, document } = verified;
    if (!Object.hasOwn(checks, "kind")) return { unread: checks.form };
    const signed = !checks.issuer && !checks.proof;
    if (brought.document) checks.form ||= kept.same(withoutProof(brought.document), document) ? "" : "other_than_kept";
    if (signed) checks.key = keyReason(verified, data);
    const list = await told(() => standing(document, data, at));
    checks.status = list.reason ?? list.told;
    return {
      checks, claims: claimsOf(document), byToken: Boolean(brought.document), listed: list.signed ?? "",
      owner: signed && !checks.key ? data.issuers[verified.issuer] : null,
    };
  };
})();
