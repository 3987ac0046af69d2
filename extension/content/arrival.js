// On sites where the reader allowed it, Sidelight looks at each page that opens, and says whether it seems to be about health. What it
// says is why it thinks so, never the text; whether the page is then read, the background decides by what the reader has set.

var sidelight = sidelight ?? {};

(() => {
  // A page that goes elsewhere by itself sets its title and headings a little later.
  const SETTLED_MS = 1000;

  function arrive() {
    if (!sidelight.secrets.asked({ evenHidden: true })) {
      // Rejected while the extension is updated: then there is nobody to read the page either.
      browser.runtime.sendMessage({ type: "arrived", host: location.hostname, signs: sidelight.health.signs(location.hostname) }).catch(() => {});
    }
  }

  arrive();
  navigation.addEventListener("navigatesuccess", () => setTimeout(arrive, SETTLED_MS));
})();
