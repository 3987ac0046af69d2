// Settings, section "where": health pages, and the sites that are always or never read.

import { EVERY_SITE, isHost, permissionForSite } from "../settings.js";
import { setHealthPages, setSite } from "./allow.js";

const { element } = sidelight.elements;
const { say } = sidelight.words;
const [health, list, form, host, said] = ["#health", "#sites", "#site", "#host", "#site-said"].map((id) => document.querySelector(id));

// What was typed or pasted may be a whole address.
function hostOf(text) {
  const address = /^https?:/i.test(text) ? text : `http://${text}`;
  const name = URL.canParse(address) ? new URL(address).hostname : "";
  return isHost(name) ? name : null;
}

async function set(name, when) {
  said.textContent = "";
  if (!(await setSite(name, when))) said.textContent = say("site_denied", name);
}

function add(event) {
  event.preventDefault();
  const name = hostOf(host.value.trim());
  if (!name) {
    said.textContent = say("site_bad");
    return;
  }
  set(name, event.submitter.value);
  host.value = "";
}

function item(name, when, isAllowed) {
  const allow = !isAllowed && element("button", { onclick: () => set(name, when) }, say("site_allow"));
  const remove = async () => {
    await set(name, "click");
    host.focus();
  };
  return element("li", {},
    element("span", { class: "host" }, name), element("span", { class: "dim" }, say(`site_${when}`)), allow || null,
    element("button", { "aria-label": say("site_remove", name), onclick: remove }, say("remove")),
  ); // prettier-ignore
}

export async function show({ sites, healthPages }) {
  health.checked = healthPages && (await browser.permissions.contains(EVERY_SITE));
  const items = Object.entries(sites).toSorted().map(async ([name, when]) => {
    return item(name, when, when === "never" || (await browser.permissions.contains(permissionForSite(name))));
  }); // prettier-ignore
  list.replaceChildren(...(await Promise.all(items)));
}

form.addEventListener("submit", add);
health.addEventListener("click", async () => {
  said.textContent = "";
  if (await setHealthPages(health.checked)) return;
  health.checked = false;
  said.textContent = say("site_denied", say("every_site"));
});
