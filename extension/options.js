// The settings page: the service, which is tried at once, and the sections of what else the reader can set.

import "./pages/text.js";
import { whatIsWrong } from "./pages/connection.js";
import * as shown from "./pages/shown.js";
import * as sites from "./pages/sites.js";
import * as stored from "./pages/stored.js";
import { change, load, localOrigin, onChanged, permissionFor } from "./settings.js";

const { say } = sidelight.words;
const [form, address, token, said, advice] = ["#service", "#address", "#token", "#said", "#advice"].map((id) => document.querySelector(id));

function tell(title, text = "") {
  said.textContent = title;
  advice.textContent = text;
}

async function save(event) {
  event.preventDefault();
  const service = { address: localOrigin(address.value.trim()), token: token.value.trim() };
  if (!service.address) return tell(say("options_bad_address"));
  // Before anything is awaited: the browser asks the reader only in answer to a click.
  if (!(await browser.permissions.request(permissionFor(service.address)))) return tell(say("options_denied"));
  await change(() => service);
  tell(say("options_testing"));
  const wrong = await whatIsWrong(service);
  return wrong ? tell(`${say("options_saved_but")} ${wrong.title}`, wrong.advice) : tell(say("options_works"));
}

function show(settings) {
  for (const section of [shown, sites, stored]) section.show(settings);
}

const settings = await load();
address.value = settings.address;
token.value = settings.token;
show(settings);
onChanged(show);
form.addEventListener("submit", save);
