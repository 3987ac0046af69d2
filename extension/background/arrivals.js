// Reading without a click, where the reader said so: on sites of theirs, on pages about health. Nothing runs in a page until then.

import { setSite } from "../pages/allow.js";
import { EVERY_SITE, load, permissionForSite } from "../settings.js";
import { reach } from "./pages.js";

const ID = "arrival";
let registering = Promise.resolve();
const FILES = ["lists", "health", "secrets", "arrival"].map((name) => `content/${name}.js`);

// The rule for a host: "always" is for exactly the host that was allowed, "never" for all that belongs to it.
export function ruleFor(host, { sites }) {
  const isNever = Object.entries(sites).some(([site, when]) => when === "never" && (host === site || host.endsWith(`.${site}`)));
  return isNever ? "never" : (sites[host] ?? null);
}

// Keeps what the browser runs in pages in step with what is set and what it allows; one change after the other.
export function register() {
  registering = registering.then(inStep, inStep);
  return registering;
}

async function inStep() {
  const { sites, healthPages } = await load();
  const wanted = Object.keys(sites).filter((host) => sites[host] === "always").map(permissionForSite); // prettier-ignore
  if (healthPages) wanted.push(EVERY_SITE);
  const allowed = await Promise.all(wanted.map((permission) => browser.permissions.contains(permission)));
  const matches = wanted.filter((_, i) => allowed[i]).flatMap(({ origins }) => origins);
  const script = { id: ID, matches, js: FILES, runAt: "document_idle" };
  const known = await browser.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (known.length && !matches.length) await browser.scripting.unregisterContentScripts({ ids: [ID] });
  else if (known.length) await browser.scripting.updateContentScripts([script]);
  else if (matches.length) await browser.scripting.registerContentScripts([script]);
}

// A page has opened and says why it may be about health: reads it if the reader wants that.
export async function arrived(tabId, { host, signs }) {
  const settings = await load();
  const rule = ruleFor(host, settings);
  if (rule === "always") await reach(tabId, { type: "start", why: { reason: "site" } });
  else if (rule !== "never" && settings.healthPages && signs.length) await reach(tabId, { type: "start", why: { reason: "health", signs } });
}

// What began by itself ends with one click, and does not begin again on this site.
export function leave({ host, reason }) {
  return setSite(host, reason === "site" ? "click" : "never");
}
