// The list beside the page: what was found in the tab in front, and where else Sidelight reads. Chromium shows it as its side panel,
// Firefox as its sidebar.

import "./pages/text.js";
import * as here from "./pages/here.js";
import { List } from "./pages/list.js";
import { load, onChanged } from "./settings.js";

const { words, problem: problems } = sidelight;
const { say, count } = words;
const [toggle, options, status, caution, why, problem, dismissed] = ["#toggle", "#options", "#status", "#caution", "#why", "#problem", "#dismissed"].map((id) =>
  document.querySelector(id),
);
const undo = dismissed.querySelector("button");
const sheet = new CSSStyleSheet();
let tab = null;
let isAsking = false;
let isStale = false;
let last = null;

// Null where nobody answers: the page was not read since it was loaded.
async function tell(message) {
  try {
    return await browser.tabs.sendMessage(tab, message, { frameId: 0 });
  } catch {
    return null;
  }
}

const list = new List(document.querySelector("#findings"), {
  open: (key) => tell({ type: "open", key }),
  dismiss: async (key) => {
    last = key;
    await tell({ type: "dismiss", key });
  },
  report: (key) => tell({ type: "report", key }),
});

// One question at a time: a page that is being read says often that it changed.
async function refresh() {
  isStale = isAsking;
  if (isAsking) return;
  isAsking = true;
  const [front] = await browser.tabs.query({ active: true, currentWindow: true });
  if (front?.id !== tab) last = null;
  tab = front?.id;
  const state = await tell({ type: "findings" });
  // The address is the browser's to tell only where it was clicked or allowed.
  const address = URL.canParse(front?.url ?? "") && new URL(front.url);
  const host = state?.host ?? (/^https?:$/.test(address.protocol) ? address.hostname : "");
  show(state ?? { on: false, findings: [], dismissed: 0 });
  here.show(host, state?.highlights, await load());
  isAsking = false;
  if (isStale) refresh();
}

function show({ on, busy, coverage, unread, problem: wrong, why: cause, findings, dismissed: number }) {
  toggle.textContent = say(on ? "side_stop" : "side_start");
  const state = on ? (busy && say("busy")) || (coverage && words.coverage(coverage)) || "" : say("side_off");
  // Only when it differs: what is set is read out.
  if (status.textContent !== state) status.textContent = state;
  caution.textContent = coverage ? words.limits(coverage, unread) : "";
  why.textContent = cause && cause.reason !== "click" ? words.because(cause) : "";
  complain(wrong);
  list.show(findings);
  dismissed.hidden = number === 0;
  dismissed.firstChild.textContent = count("dismissed", number);
  undo.hidden = last === null || number === 0;
  // The card that had the focus went with its sentence.
  if (!undo.hidden && document.activeElement === document.body) undo.focus();
}

function complain(wrong) {
  if (problem.dataset.kind === (wrong?.kind ?? "")) return;
  problem.dataset.kind = wrong?.kind ?? "";
  const retry = async () => {
    await tell({ type: "toggle" });
    await tell({ type: "toggle" });
  };
  problem.replaceChildren(...(wrong ? [problems.build(wrong, { retry, options: () => browser.runtime.openOptionsPage() })] : []));
}

sheet.replaceSync(sidelight.style);
document.adoptedStyleSheets = [sheet];
toggle.addEventListener("click", async () => {
  // False where the browser lets us in only after a click on the button in the toolbar.
  if (!(await browser.runtime.sendMessage({ type: "toggle", tabId: tab }))) status.textContent = say("side_barred");
});
options.addEventListener("click", () => browser.runtime.openOptionsPage());
undo.addEventListener("click", async () => {
  await tell({ type: "undismiss", key: last });
  list.focus(last);
  last = null;
});
here.marks.addEventListener("click", () => tell({ type: "highlights", on: here.marks.checked }));
browser.runtime.onMessage.addListener(({ type }, sender) => {
  if (type === "changed" && sender.tab?.id === tab) refresh();
});
browser.tabs.onActivated.addListener(refresh);
browser.tabs.onUpdated.addListener((id, { status: changed }) => {
  if (id === tab && changed) refresh();
});
onChanged(refresh);
refresh();
