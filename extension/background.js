// Wires the browser to the pages: the toolbar button, shortcuts and the context menu in, page text out to the reader's own service.

import { arrived, leave, register, ruleFor } from "./background/arrivals.js";
import { abort, checkBlocks, checkClaim } from "./background/checks.js";
import { paint, reach, showState, tell } from "./background/pages.js";
import { change, load, onChanged } from "./settings.js";

const COMMANDS = {
  "next-finding": { type: "move", step: 1 },
  "previous-finding": { type: "move", step: -1 },
  "open-finding": { type: "flip" },
};
const MENU = "check-selection";
const LIST = "open-list";
// The service takes claims of 2,000 characters.
const LONGEST_CLAIM = 2000;

// What a page may know: nothing of the service, and of all sites only whether this one is never read.
function forPage(settings, host) {
  const { verdicts, minConfidence, hiddenKinds, colours, highlights, dismissed } = settings;
  return { verdicts, minConfidence, hiddenKinds, colours, highlights, dismissed, isNever: ruleFor(host, settings) === "never" };
}

function dismiss({ key, isDismissed }) {
  const day = new Date().toISOString().slice(0, 10);
  return change(({ dismissed: { [key]: _, ...others } }) => ({ dismissed: isDismissed ? { ...others, [key]: day } : others }));
}

// Straight from what the reader did: after a wait the browsers open it no more.
function openList({ windowId }) {
  const { sidePanel, sidebarAction } = browser;
  return sidePanel ? sidePanel.open({ windowId }) : sidebarAction.open();
}

async function setUp({ reason }) {
  if (reason === "install") browser.tabs.create({ url: "welcome.html" });
  await browser.contextMenus.removeAll();
  browser.contextMenus.create({ id: MENU, contexts: ["selection"], title: browser.i18n.getMessage("menu_check") });
  browser.contextMenus.create({ id: LIST, contexts: ["action"], title: browser.i18n.getMessage("side_open") });
  await register();
}

// Of messages from pages, and {type: "toggle", tabId} from our own; `tab` is the one that asks. What is not here is for others.
const ANSWERS = {
  annotate: (message, tab) => checkBlocks(tab.id, message),
  check: checkClaim,
  abort: (_, tab) => abort(tab.id),
  arrived: (message, tab) => arrived(tab.id, message),
  state: (message, tab) => showState(tab.id, message),
  frames: (_, tab) => paint(tab.id),
  settings: async ({ host }) => forPage(await load(), host),
  options: () => browser.runtime.openOptionsPage(),
  toggle: ({ tabId }) => reach(tabId, { type: "toggle" }),
  dismiss,
  leave,
};

browser.action.onClicked.addListener(({ id }) => reach(id, { type: "toggle" }));

browser.commands.onCommand.addListener(async (command, tab) => {
  if (command === LIST) return openList(tab);
  const id = tab?.id ?? (await browser.tabs.query({ active: true, lastFocusedWindow: true }))[0]?.id;
  return COMMANDS[command] && id !== undefined ? tell(id, COMMANDS[command]) : null;
});

browser.contextMenus.onClicked.addListener(({ menuItemId, selectionText }, tab) => {
  if (menuItemId === LIST) openList(tab);
  if (menuItemId === MENU) reach(tab.id, { type: "selection", text: selectionText.trim().slice(0, LONGEST_CLAIM) });
});

browser.runtime.onMessage.addListener((message, { tab }) => ANSWERS[message.type]?.(message, tab));

onChanged(async () => {
  await register();
  for (const { id } of await browser.tabs.query({})) tell(id, { type: "settings" });
});

browser.permissions.onAdded.addListener(register);
browser.permissions.onRemoved.addListener(register);
browser.runtime.onInstalled.addListener(setUp);
browser.runtime.onStartup.addListener(register);
