// Wires the browser to the page: the toolbar button and shortcuts in, page text out to the reader's own service.

import { annotate } from "./shared/service.js";
import { load, permissionFor } from "./settings.js";

const SCRIPTS = ["words", "elements", "extract", "highlight", "batches", "style", "surface", "card", "panel", "reading", "reader"];
const FILES = [...SCRIPTS.map((name) => `shared/${name}.js`), "content.js"];
const HEARTBEAT_MS = 10_000;

// Messages to the page: {type: "toggle"}, {type: "move", step}. From it: {type: "annotate", blocks, host}, {type: "state", on},
// {type: "options"}.
async function tell(tabId, message) {
  try {
    return await browser.tabs.sendMessage(tabId, message);
  } catch {
    return null; // Nobody there: this page was not read since it was loaded.
  }
}

async function inject(tabId) {
  const target = { tabId };
  // Twice, since each browser needs another one to paint inside the page's shadow roots: Chromium the author's, Firefox the user's.
  for (const origin of ["AUTHOR", "USER"]) await browser.scripting.insertCSS({ target, files: ["shared/highlight.css"], origin });
  await browser.scripting.executeScript({ target, files: FILES });
}

async function toggle({ id }) {
  if (await tell(id, { type: "toggle" })) return;
  try {
    await inject(id);
  } catch {
    await show(id, "!", "action_barred");
    return;
  }
  await tell(id, { type: "toggle" });
}

async function show(tabId, text, title) {
  await browser.action.setBadgeText({ tabId, text });
  await browser.action.setTitle({ tabId, title: browser.i18n.getMessage(title) });
}

// An idle background is stopped after 30 seconds, in Firefox even while a page waits for its answer; each call of an API counts.
async function awake(work) {
  const beat = setInterval(() => browser.runtime.getPlatformInfo(), HEARTBEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

async function check({ blocks, host }) {
  const { address, token } = await load();
  const result = await awake(annotate({ address, token }, blocks, host));
  const isBlocked = result.problem?.kind === "unreachable" && !(await browser.permissions.contains(permissionFor(address)));
  return isBlocked ? { problem: { ...result.problem, kind: "blocked", command: null } } : result;
}

browser.action.onClicked.addListener(toggle);

browser.commands.onCommand.addListener(async (command, tab) => {
  const step = { "next-finding": 1, "previous-finding": -1 }[command];
  const id = tab?.id ?? (await browser.tabs.query({ active: true, lastFocusedWindow: true }))[0]?.id;
  if (step && id !== undefined) await tell(id, { type: "move", step });
});

browser.runtime.onMessage.addListener((message, { tab }) => {
  if (message.type === "annotate") return check(message);
  if (message.type === "state") return show(tab.id, "", message.on ? "action_on" : "action_off");
  if (message.type === "options") return browser.runtime.openOptionsPage();
  return undefined;
});
