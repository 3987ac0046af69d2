// Our half in the pages: put there when it is wanted, spoken to, and shown on the toolbar button.

import { load } from "../settings.js";

const SCRIPTS = [
  "words", "elements", "roots", "extract", "highlight", "batches", "style", "surface", "problem", "card", "cards", "findings",
  "panel", "attention", "watch", "reading", "reader",
]; // prettier-ignore
const CONTENT = ["secrets", "report", "selection", "content"];
const FILES = [...SCRIPTS.map((name) => `shared/${name}.js`), ...CONTENT.map((name) => `content/${name}.js`)];
const BADGE = "#b3261e";

export async function tell(tabId, message) {
  try {
    return await browser.tabs.sendMessage(tabId, message, { frameId: 0 });
  } catch {
    return null; // Nobody there: this page was not read since it was loaded.
  }
}

// The look of highlights, in the page and in the frames of the same site. Twice, since each browser needs another one to paint inside the
// page's shadow roots: Chromium the author's, Firefox the user's.
export async function paint(tabId) {
  const { colours } = await load();
  const css = Object.entries(colours).map(([verdict, colour]) => `::highlight(sidelight-${verdict}) { text-decoration-color: ${colour} }`);
  const target = { tabId, allFrames: true };
  for (const origin of ["AUTHOR", "USER"]) {
    await browser.scripting.insertCSS({ target, files: ["shared/highlight.css"], origin });
    await browser.scripting.insertCSS({ target, css: `@media (forced-colors: none) { ${css.join(" ")} }`, origin });
  }
}

// Gives a page a message, and our half first where it is not there yet. False where the browser keeps us out.
export async function reach(tabId, message) {
  if (await tell(tabId, message)) return true;
  try {
    await paint(tabId);
    await browser.scripting.executeScript({ target: { tabId }, files: FILES });
  } catch {
    await show(tabId, "!", "action_barred");
    return false;
  }
  await tell(tabId, message);
  return true;
}

async function show(tabId, text, title) {
  await browser.action.setBadgeBackgroundColor({ tabId, color: BADGE });
  await browser.action.setBadgeText({ tabId, text });
  await browser.action.setTitle({ tabId, title: browser.i18n.getMessage(title) });
}

// The number on the button is of what is contradicted, and nothing else.
export function showState(tabId, { on, contradicted }) {
  return show(tabId, contradicted ? String(contradicted) : "", on ? "action_on" : "action_off");
}
