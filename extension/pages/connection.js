// Tries the reader's service, and says in words what came of it.

import { toldApart } from "../settings.js";
import { tested } from "../shared/service.js";

const { say } = sidelight.words;

// A problem as the background gives it, in words: what is wrong, and what to do.
export function inWords({ kind, address, detail, command }) {
  return { title: say(`problem_${kind}`), advice: [say(`problem_${kind}_advice`, address), command, detail].filter(Boolean).join(" ") };
}

// Null when the service works, otherwise {title, advice}.
export async function whatIsWrong({ address, token }) {
  const result = await tested({ address, token }, browser.runtime.getManifest().version);
  const { problem } = await toldApart(result, address);
  return problem ? inWords(problem) : null;
}
