// Settings, section "what is kept": dismissed sentences by day, a copy of the settings as a file and back, and deleting it all.

import { change, fitting, forget, load } from "../settings.js";

const { element } = sidelight.elements;
const { say, count, date } = sidelight.words;
const [list, said, file, sure] = ["#dismissed", "#stored-said", "#import", "#sure"].map((id) => document.querySelector(id));

function showAgain(day) {
  return change(({ dismissed }) => ({ dismissed: Object.fromEntries(Object.entries(dismissed).filter(([, each]) => each !== day)) }));
}

function item([day, number]) {
  const again = async () => {
    await showAgain(day);
    said.textContent = say("options_again_done");
  };
  return element("li", {},
    element("span", {}, date(day)), element("span", { class: "dim" }, count("dismissed", number)),
    element("button", { "aria-label": say("options_again_day", date(day)), onclick: again }, say("options_again")),
  ); // prettier-ignore
}

export function show({ dismissed }) {
  const days = Object.entries(Object.groupBy(Object.values(dismissed), (day) => day)).map(([day, all]) => [day, all.length]);
  const items = days.toSorted().toReversed().map(item);
  list.replaceChildren(...(items.length ? items : [element("li", { class: "dim" }, say("options_none_dismissed"))]));
}

// The token stays behind: such files are passed on.
async function save() {
  const { token: _, ...settings } = await load();
  const text = JSON.stringify({ sidelight: browser.runtime.getManifest().version, settings }, null, 2);
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  element("a", { href, download: "sidelight-settings.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
  said.textContent = say("options_exported");
}

async function read(text) {
  let found = {};
  try {
    found = fitting(JSON.parse(text).settings);
  } catch {
    // Not JSON, or nothing in it: told below like a file that holds no setting.
  }
  const number = Object.keys(found).length;
  if (number) await change(() => found);
  said.textContent = number ? count("options_imported", number) : say("options_import_bad");
}

document.querySelector("#export").addEventListener("click", save);
file.addEventListener("change", async () => {
  if (file.files.length) await read(await file.files[0].text());
  file.value = ""; // So that the same file can be chosen again after it was edited.
});
document.querySelector("#delete").addEventListener("click", () => sure.showModal());
sure.addEventListener("close", async () => {
  if (sure.returnValue !== "delete") return;
  sure.returnValue = "";
  await forget();
  said.textContent = say("options_deleted");
});
