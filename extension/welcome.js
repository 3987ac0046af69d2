// The page a reader sees first: what Sidelight does, whether its service runs, and a sample to try it on, read by the code that
// reads any page.

import "./pages/text.js";
import { whatIsWrong } from "./pages/connection.js";
import { load } from "./settings.js";
import { annotate } from "./shared/service.js";

const { words, Reader } = sidelight;
const [said, advice, check, options, show, place, sample] = ["#said", "#advice", "#check", "#options", "#show", "#panel", "#sample"].map((id) =>
  document.querySelector(id),
);

async function test() {
  said.textContent = words.say("options_testing");
  const wrong = await whatIsWrong(await load());
  said.textContent = wrong ? wrong.title : words.say("welcome_works");
  advice.textContent = wrong ? wrong.advice : "";
}

function read() {
  show.hidden = true;
  const stopped = () => {
    show.hidden = false;
    show.focus();
  };
  const reader = new Reader({
    root: () => sample,
    ask: async (blocks) => annotate(await load(), blocks),
    place,
    on: { stopped, options: () => browser.runtime.openOptionsPage() },
  });
  reader.start();
}

check.addEventListener("click", test);
options.addEventListener("click", () => browser.runtime.openOptionsPage());
show.addEventListener("click", read);
test();
