// What the reader has set, and the browser's permissions that go with it. It is all in storage.local, and nothing else of
// Sidelight is kept. What comes from there or from a file is checked: a field that does not fit counts as not set.

import { DEFAULT_ADDRESS } from "./shared/service.js";

export const VERDICTS = ["contradicted", "disputed", "supported"];
export const EVERY_SITE = { origins: ["*://*/*"] };

// `sites` is host -> "always" or "never"; `dismissed` is the hash of a claim -> the day (2026-01-31), never the claim itself;
// `minConfidence` is 0 to 1; `hiddenKinds` are kinds of source.
export const DEFAULTS = Object.freeze({
  address: DEFAULT_ADDRESS,
  token: "",
  verdicts: VERDICTS,
  minConfidence: 0,
  hiddenKinds: [],
  sites: {},
  healthPages: false,
  colours: { supported: "#12946f", disputed: "#b97a10", contradicted: "#e5484d" },
  highlights: true,
  dismissed: {},
});

const isText = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const isListOf = (fits) => (value) => Array.isArray(value) && value.every(fits);
const isRecordOf = (fitsKey, fits) => (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && Object.entries(value).every(([key, each]) => fitsKey(key) && fits(each));

// A host's name as a page's address has it. Chromium takes blanks in a host, and encodes them.
export function isHost(value) {
  return URL.canParse(`http://${value}`) && new URL(`http://${value}`).hostname === value && !value.includes("%");
}

const RULES = {
  address: (value) => localOrigin(value) === value,
  // What may stand in a header after "Bearer".
  token: isText(/^[\x21-\x7e]*$/),
  verdicts: isListOf((value) => VERDICTS.includes(value)),
  minConfidence: (value) => typeof value === "number" && value >= 0 && value <= 1,
  hiddenKinds: isListOf(isText(/^\w+$/)),
  sites: isRecordOf(isHost, isText(/^(always|never)$/)),
  healthPages: (value) => typeof value === "boolean",
  colours: (value) => isRecordOf((key) => VERDICTS.includes(key), isText(/^#[\da-f]{6}$/i))(value) && VERDICTS.every((key) => key in value),
  highlights: (value) => typeof value === "boolean",
  dismissed: isRecordOf(isText(/^[\da-f]{64}$/), isText(/^\d{4}-\d\d-\d\d$/)),
};

// The fields of `found` that are settings and fit.
export function fitting(found) {
  return Object.fromEntries(Object.entries(RULES).filter(([name, fits]) => fits(found?.[name])).map(([name]) => [name, found[name]]));
}

export async function load() {
  return { ...DEFAULTS, ...fitting(await browser.storage.local.get(Object.keys(DEFAULTS))) };
}

// Stores the fields that `update(settings)` returns. One after the other, in whichever of our pages: two dismissals at once
// must both be kept.
export function change(update) {
  return navigator.locks.request("settings", async () => {
    await browser.storage.local.set(fitting(await update(await load())));
  });
}

export function onChanged(listener) {
  browser.storage.onChanged.addListener(async (_, area) => {
    if (area === "local") listener(await load());
  });
}

// Settings and what the reader allowed beyond the service's address: all that is left of Sidelight in this browser.
export async function forget() {
  const { origins = [] } = await browser.permissions.getAll();
  const own = browser.runtime.getManifest().host_permissions;
  const given = origins.filter((origin) => !own.includes(origin));
  if (given.length) await browser.permissions.remove({ origins: given });
  await browser.storage.session.clear();
  await browser.storage.local.clear();
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

// A problem as {problem}, told apart further: where nothing answers and the browser gives no permission, that may be why.
export async function toldApart(result, address) {
  const isBlocked = result.problem?.kind === "unreachable" && !(await browser.permissions.contains(permissionFor(address)));
  return isBlocked ? { problem: { ...result.problem, kind: "blocked" } } : result;
}

export function permissionForSite(host) {
  return { origins: [`*://${host}/*`] };
}
