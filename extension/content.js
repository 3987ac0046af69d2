// The page's end of the extension: starts and stops a reading when the toolbar button says so.

var sidelight = sidelight ?? {};

(() => {
  let reader = null;

  // After an update of the extension this page is left with the old half of it, which can reach nothing.
  async function send(message) {
    try {
      return await browser.runtime.sendMessage(message);
    } catch (error) {
      return { problem: { kind: "reload", detail: error.message } };
    }
  }

  function start() {
    reader = new sidelight.Reader({
      root: document.body,
      ask: (blocks) => send({ type: "annotate", blocks, host: location.hostname }),
      options: () => send({ type: "options" }),
      stopped: () => {
        reader = null;
        send({ type: "state", on: false });
      },
    });
    send({ type: "state", on: true });
    return reader.start();
  }

  browser.runtime.onMessage.addListener((message) => {
    if (message.type === "toggle") {
      if (reader) reader.stop();
      else start();
    } else if (message.type === "move") {
      reader?.move(message.step);
    }
    return Promise.resolve(true);
  });
})();
