// Our half in the pages: put there when it is wanted, spoken to, and shown on the toolbar button.

import { load } from "../settings.js";

const SCRIPTS = [
  "words", "elements", "roots", "turns", "extract", "highlight", "batches", "style", "surface", "problem", "card", "cards", "findings",
  "panel", "attention", "watch", "reading", "reader",
]; // prettier-ignore
const CONTENT = ["secrets", "report", "selection", "content"];
const FILES = [...SCRIPTS.map((name) => `shared/${name}.js`), ...CONTENT.map((name) => `content/${name}.js`)];
const BADGE = "#b3261e";
// Firefox alone tells which browser it is.
const ORIGIN = browser.runtime.getBrowserInfo ? "USER" : "AUTHOR";

export async function tell(tabId, message) {
  try {
    return await browser.tabs.sendMessage(tabId, message, { frameId: 0 });
  } catch {
    return null; // Nobody there: this page was not read since it was loaded.
  }
}

// The look of highlights, in the page and in the frames of the same site. As the author's in Chromium and as the user's in Firefox, since
// only so either paints inside the page's shadow roots; and all at once, since each sheet makes the browser style the whole page anew.
export async function paint(tabId) {
  const { colours } = await load();
  const sheet = await (await fetch(browser.runtime.getURL("shared/highlight.css"))).text();
  const own = Object.entries(colours).map(([verdict, colour]) => `::highlight(sidelight-${verdict}) { text-decoration-color: ${colour} }`);
  const css = `${sheet} @media (forced-colors: none) { ${own.join(" ")} }`;
  await browser.scripting.insertCSS({ target: { tabId, allFrames: true }, css, origin: ORIGIN });
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
