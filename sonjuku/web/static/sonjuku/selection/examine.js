// From the bytes of a file to what the page shows. Runs in a worker where the browser has one for modules.
import { readBundle, verify } from "./bundle.js";
import { factsOf, linesOf } from "./lines.js";
import { agrees } from "./sha256.js";

/** {problems, lines, facts}, or {failed: "too_large" | "unreadable" | "broken"}. `tell(part)` hears how far it is, from 0 to 1. */
export const examine = async (bytes, known = {}, tell = () => {}) => {
  try {
    const bundle = readBundle(bytes);
    tell(0.1);
    if (!(await agrees(new Uint8Array(bytes)))) throw new Error("own_hash");
    const problems = verify(bundle, known, (stage, part) => tell(stage === "order" ? 0.1 + part / 2 : 0.8));
    return { problems, lines: linesOf(bundle, problems, known), facts: factsOf(bundle) };
  } catch (error) {
    return { failed: ["too_large", "unreadable"].includes(error.message) ? error.message : "broken" };
  }
};
