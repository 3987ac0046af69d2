// The page's end of the extension: starts and stops a reading when it is told to, and answers for it.

var sidelight = sidelight ?? {};

(() => {
  // A page that a shortcut and the button reach at once gets these files twice.
  if (sidelight.isHere) return;
  sidelight.isHere = true;

  const { Reader, Selection, secrets, report, findings, words } = sidelight;
  const host = location.hostname;
  let reader = null;
  let selection = null;
  // What the background knows of the reader's settings for this page; `highlights` may be set otherwise for the moment.
  let settings = { ...findings.EVERYTHING, isNever: false };
  let highlights = null;

  // A background that was stopped while it was asked is woken by asking again. After an update of the extension this page is left
  // with the old half of it, which can reach nothing.
  async function send(message, isAgain = false) {
    try {
      return await browser.runtime.sendMessage(message);
    } catch (error) {
      if (browser.runtime?.id && !isAgain) return send(message, true);
      return { problem: { kind: "reload", detail: error.message } };
    }
  }

  function refusal() {
    if (settings.isNever) return "never";
    return secrets.asked() ? "secret_fields" : null;
  }

  function apply() {
    reader?.apply({ ...settings, highlights: highlights ?? settings.highlights });
  }

  async function refresh() {
    const set = await send({ type: "settings", host });
    if (!set.problem) settings = set;
    apply();
  }

  // The list beside the page and the badge hear of a change once, however much changed with it.
  let isTold = true;
  function changed() {
    if (isTold) queueMicrotask(tell);
    isTold = false;
  }

  function tell() {
    isTold = true;
    const contradicted = reader?.shown.filter(({ verdict }) => verdict === "contradicted").length ?? 0;
    send({ type: "state", on: reader !== null, contradicted });
    send({ type: "changed" });
  }

  function state() {
    const { isReading = false, coverage = null, unread = null, problem = null, why = null, shown = [], dismissed = 0 } = reader ?? {};
    const told = findings.told(shown, settings);
    const marks = highlights ?? settings.highlights;
    return { on: reader !== null, busy: isReading, host, why, coverage, unread, problem, findings: told, dismissed, highlights: marks };
  }

  const on = {
    stopped: () => {
      reader = null;
      changed();
      // Our own live regions went with the panel; this is said without one, and without a trace on the page.
      document.ariaNotify(words.say("cleared"));
    },
    changed,
    abort: () => send({ type: "abort" }),
    framed: () => send({ type: "frames" }),
    options: () => send({ type: "options" }),
    leave: () => send({ type: "leave", host, reason: reader.why.reason }).then(() => reader?.stop()),
    dismiss: (key, isDismissed) => send({ type: "dismiss", key, isDismissed }),
    report: report.save,
  };

  async function start(why) {
    const ask = (blocks) => send({ type: "annotate", blocks, host });
    reader = new Reader({ root: () => document.body, ask, refuse: refusal, why, on });
    const starting = reader;
    await refresh();
    if (reader === starting) reader.start();
  }

  function check(text) {
    selection?.stop();
    const ask = (claim) => send({ type: "check", claim, host });
    selection = new Selection(text, ask, { options: on.options, report: report.save, ended: () => (selection = null) });
    selection.start();
  }

  const answers = {
    toggle: () => (reader ? reader.stop() : start({ reason: "click" })),
    start: ({ why }) => reader ?? start(why),
    move: ({ step }) => reader?.attention.move(step),
    flip: () => reader?.attention.flip(),
    open: ({ key }) => reader?.attention.point(key),
    dismiss: ({ key }) => on.dismiss(key, true),
    report: ({ key }) => {
      const finding = reader?.shown.find((each) => each.key === key);
      if (finding) report.save(finding, reader.reading.made);
    },
    undismiss: ({ key }) => on.dismiss(key, false),
    settings: () => reader && refresh(),
    highlights: ({ on: isOn }) => {
      highlights = isOn;
      apply();
    },
    selection: ({ text }) => check(text),
  };

  browser.runtime.onMessage.addListener((message) => {
    if (message.type === "findings") return Promise.resolve(state());
    answers[message.type]?.(message);
    return Promise.resolve(true);
  });

  // What is asked for a page that is left is of no use; a page that comes back from the browser's memory is read anew.
  window.addEventListener("pagehide", () => reader?.halt());
  window.addEventListener("pageshow", ({ persisted }) => persisted && reader?.start());
})();
