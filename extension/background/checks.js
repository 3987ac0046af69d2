// Page text out to the reader's own service, and its answers back, in whichever tab they are waited for.

import { load, toldApart } from "../settings.js";
import { annotate, check } from "../shared/service.js";
import { keyOf } from "./keys.js";

const HEARTBEAT_MS = 10_000;
const asked = new Map();

// An idle background is stopped after 30 seconds, in Firefox even while a page waits for its answer; each call of an API counts.
async function awake(work) {
  const beat = setInterval(() => browser.runtime.getPlatformInfo(), HEARTBEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

async function answered(ask) {
  const { address, token } = await load();
  return toldApart(await awake(ask({ address, token })), address);
}

// What a page asked for and wants no more.
export function abort(tabId) {
  asked.get(tabId)?.abort();
  asked.delete(tabId);
}

// A page asks for one part after the other.
export async function checkBlocks(tabId, { blocks, host }) {
  const controller = new AbortController();
  asked.set(tabId, controller);
  const result = await answered((service) => annotate(service, blocks, host, controller.signal));
  // Here, because a page that is not served over https has no SHA-256.
  for (const annotation of result.answer?.annotations ?? []) annotation.key = await keyOf(annotation.text);
  return result;
}

export function checkClaim({ claim, host }) {
  return answered((service) => check(service, claim, host));
}
