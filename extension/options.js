// The settings page: the service's address, kept only when it is on this machine, and tried at once.

import { change, load, localOrigin, permissionFor } from "./settings.js";
import { tested } from "./shared/service.js";

const { say } = sidelight.words;
const [form, address, said, advice] = ["form", "#address", "#said", "#advice"].map((selector) => document.querySelector(selector));

function tell(title, text = "") {
  said.textContent = title;
  advice.textContent = text;
}

async function save(event) {
  event.preventDefault();
  const origin = localOrigin(address.value.trim());
  if (!origin) return tell(say("options_bad_address"));
  // Before anything is awaited: the browser asks the reader only in answer to a click.
  if (!(await browser.permissions.request(permissionFor(origin)))) return tell(say("options_denied"));
  await change(() => ({ address: origin }));
  tell(say("options_testing"));
  const { problem } = await tested({ address: origin }, browser.runtime.getManifest().version);
  if (!problem) return tell(say("options_works"));
  const { kind, detail, command } = problem;
  return tell(`${say("options_saved_but")} ${say(`problem_${kind}`)}`, [say(`problem_${kind}_advice`, origin), command, detail].filter(Boolean).join(" "));
}

for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
address.value = (await load()).address;
form.addEventListener("submit", save);
