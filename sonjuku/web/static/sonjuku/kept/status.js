// Whether a list says that a credential is revoked or suspended: protocols/openbadges/status.py, for lists that are tokens.
(() => {
  "use strict";
  const kept = (globalThis.sonjukuKept ??= {});
  const { get, isObject, refuse, several } = kept;
  const ENTRIES = 131_072;
  const LARGEST_LIST = 2 * 1024 * 1024;
  const LIST = "BitstringStatusListCredential";
  const PURPOSES = { revocation: "revoked", suspension: "suspended" };

  const bitsOf = async (text) => {
    if (typeof text !== "string" || text[0] !== "u" || text.length > 2 * LARGEST_LIST) refuse("list_broken");
    const packed = kept.decode(text.slice(1)) ?? refuse("list_broken");
    const bits = await kept.unpack(packed, "gzip", LARGEST_LIST, "list_bomb", "list_broken");
    return bits.length * 8 < ENTRIES ? refuse("list_short") : bits;
  };

  const subjectOf = async (token, url, issuer, at, dids) => {
    if (typeof token !== "string") refuse("list_broken");
    const { checks, issuer: owner, document } = await kept.verifyToken(token, at, dids, [LIST]);
    if (!issuer || owner !== issuer) refuse("list_issuer");
    if (Object.values(checks).some(Boolean)) refuse("list_proof");
    if (get(document, "id") !== url) refuse("list_address");
    const subject = get(document, "credentialSubject");
    if (!isObject(subject) || !kept.same(several(get(subject, "type")), ["BitstringStatusList"])) refuse("list_broken");
    return { subject, signed: document.validFrom };
  };

  const entryStatus = async (entry, issuer, lists, at, dids) => {
    if (!isObject(entry) || !kept.same(several(get(entry, "type")), ["BitstringStatusListEntry"])) refuse("entry_type");
    const [purpose, url, index] = ["statusPurpose", "statusListCredential", "statusListIndex"].map((name) => get(entry, name));
    if (typeof purpose !== "string" || !Object.hasOwn(PURPOSES, purpose)) refuse("entry_purpose");
    if (Object.hasOwn(entry, "statusSize") && String(entry.statusSize) !== "1") refuse("entry_size");
    if (typeof index !== "string" || !/^[0-9]{1,9}$/.test(index)) refuse("entry_index");
    if (typeof url !== "string" || !Object.hasOwn(lists, url)) refuse("no_list");
    const { subject, signed } = await subjectOf(lists[url], url, issuer, at, dids);
    if (!several(get(subject, "statusPurpose")).includes(purpose)) refuse("list_purpose");
    const [bits, place] = [await bitsOf(get(subject, "encodedList")), Number(index)];
    if (place >= bits.length * 8) refuse("index_outside");
    return { told: bits[place >> 3] & (0x80 >> place % 8) ? PURPOSES[purpose] : "", signed };
  };

  /** "", revoked or suspended, and when the list was signed that says so. Refuses where it can't be told. */
  kept.statusOf = async (document, lists, at, dids) => {
    let worst = "", day = "";
    for (const entry of Object.hasOwn(document, "credentialStatus") ? several(document.credentialStatus) : []) {
      const { told, signed } = await entryStatus(entry, kept.issuerOf(document), lists, at, dids);
      worst = [worst, told].includes("revoked") ? "revoked" : worst || told;
      day = signed;
    }
    return { told: worst, signed: day };
  };

  /** A badge names the list of revocations; the same place in its sister says whether it is suspended. */
  kept.sister = (document) => several(document.credentialStatus)
    .filter((entry) => isObject(entry) && entry.statusPurpose === "revocation" && typeof entry.statusListCredential === "string")
    .map((entry) => ({ ...entry, statusPurpose: "suspension", statusListCredential: entry.statusListCredential.replace(/revocation$/, "suspension") }));
})();
