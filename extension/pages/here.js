// The part of the list beside the page that says where Sidelight reads without a click: on this site, on health pages.

import { EVERY_SITE } from "../settings.js";
import { setHealthPages, setSite } from "./allow.js";

const { say } = sidelight.words;
const [section, site, health, said] = ["#here", "#site", "#health", "#said"].map((id) => document.querySelector(id));
export const marks = document.querySelector("#marks input");
let host = "";

// `highlights` is undefined where no page answers.
export async function show(name, highlights, { sites, healthPages }) {
  host = name;
  marks.parentElement.hidden = highlights === undefined;
  marks.checked = highlights;
  site.hidden = !host;
  site.firstElementChild.textContent = host;
  site.querySelector(`[value=${Object.hasOwn(sites, host) ? sites[host] : "click"}]`).checked = true;
  health.checked = healthPages && (await browser.permissions.contains(EVERY_SITE));
  section.hidden = false;
}

async function isSet(asking, name) {
  said.textContent = "";
  const isDone = await asking;
  if (!isDone) said.textContent = say("site_denied", name);
  return isDone;
}

site.addEventListener("change", async ({ target }) => {
  if (!(await isSet(setSite(host, target.value), host))) site.querySelector("[value=click]").checked = true;
});
health.addEventListener("click", async () => {
  if (!(await isSet(setHealthPages(health.checked), say("every_site")))) health.checked = false;
});
