// What the reader has set, and the browser's permission to use it.

import { DEFAULT_ADDRESS } from "./shared/service.js";

export async function serviceAddress() {
  const { service } = await browser.storage.local.get({ service: DEFAULT_ADDRESS });
  return service;
}

export async function keepServiceAddress(service) {
  await browser.storage.local.set({ service });
}

// The origin of an address on this machine, or null: page text is sent nowhere else.
export function localOrigin(text) {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, origin } = new URL(text);
  return protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname) ? origin : null;
}

// Without the port, because Firefox takes a pattern with one and then never matches it.
export function permissionFor(address) {
  return { origins: [`http://${new URL(address).hostname}/*`] };
}
