import { examine } from "./examine.js";

addEventListener("message", async ({ data: { bytes, known } }) => {
  postMessage({ done: await examine(bytes, known, (part) => postMessage({ part })) });
});
