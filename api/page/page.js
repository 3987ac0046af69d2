// The page at `/`: pasted text or a local file, read by the same code that the extension runs on any page.

import { annotate } from "/shared/service.js";
import { fromHtml, fromText } from "/page/text.js";

const { words, Reader } = sidelight;
const [form, text, file, hint, result, article] = ["#ask", "#text", "#file", "#hint", "#result", "#read"].map((id) => document.querySelector(id));
const EXAMPLE = `Ketamine blocks the brain's NMDA receptors. It was first made in the nineteen-sixties and is used as an anaesthetic.

Some clinics say that ketamine infusions erase patients' memories. Others promise that it carries no risk of addiction at all.

About 44 percent of ketamine patients said nothing had changed in their use of other substances. Statins lower LDL cholesterol.`;
// Handed over behind the #, which a browser sends to nobody and no log keeps; it is taken out of the address at once.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
let reader = null;

function show(content) {
  article.replaceChildren(content);
  if (!article.textContent.trim()) {
    hint.textContent = words.say("page_empty");
    return;
  }
  hint.textContent = "";
  form.hidden = true;
  result.hidden = false;
  reader = new Reader({
    root: () => article,
    ask: (blocks) => annotate({ address: location.origin, token }, blocks),
    place: document.querySelector("#panel"),
    on: { stopped: edit },
  });
  reader.start();
}

function edit() {
  reader = null;
  result.hidden = true;
  form.hidden = false;
  text.focus();
}

async function open(chosen) {
  const content = await chosen.text();
  // A NUL does not occur in text: this is a picture, a PDF file or the like.
  if (content.includes("\0") || /\.pdf$/i.test(chosen.name)) hint.textContent = words.say("page_unreadable", chosen.name);
  else show(/\.html?$/i.test(chosen.name) ? fromHtml(content) : fromText(content));
}

if (token) history.replaceState(null, "", location.pathname);
words.use(await (await fetch("/locales/en/messages.json")).json());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(fromText(text.value));
});
file.addEventListener("change", async () => {
  if (file.files.length) await open(file.files[0]);
  file.value = ""; // So that the same file can be chosen again after it was edited.
});
document.querySelector("#example").addEventListener("click", () => {
  text.value = EXAMPLE;
  show(fromText(EXAMPLE));
});
document.querySelector("#back").addEventListener("click", () => reader?.stop());
document.documentElement.dataset.ready = "";
