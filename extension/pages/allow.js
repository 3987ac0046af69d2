// Where Sidelight may read without a click. What the browser must allow for that is asked for at that moment, and given back
// when it is needed no more. Call these straight from a click: the browser asks the reader only in answer to one.

import { change, EVERY_SITE, permissionForSite } from "../settings.js";

async function giveBack(permission) {
  // Chromium throws for a site that is covered by what the extension always has: a page on this machine.
  await browser.permissions.remove(permission).catch(() => false);
}

// `when` is "always", "never" or "click". Resolves to whether it is so now.
export async function setSite(host, when) {
  if (when === "always") {
    if (!(await browser.permissions.request(permissionForSite(host)))) return false;
  } else {
    await giveBack(permissionForSite(host));
  }
  await change(({ sites: { [host]: _, ...others } }) => ({ sites: when === "click" ? others : { ...others, [host]: when } }));
  return true;
}

export async function setHealthPages(on) {
  if (on) {
    if (!(await browser.permissions.request(EVERY_SITE))) return false;
  } else {
    await giveBack(EVERY_SITE);
  }
  await change(() => ({ healthPages: on }));
  return true;
}
