// One finding as a file on the reader's own disk, to send to whoever can put it right. The page's address is not in it.

var sidelight = sidelight ?? {};

(() => {
  const { element } = sidelight.elements;

  function save({ text, verdict, confidence, notes, tally, evidence }, { index, models }) {
    const made = new Date().toISOString();
    const finding = { text, verdict, confidence, notes, tally, evidence };
    const content = JSON.stringify({ what: "A finding of Sidelight", made, comment: "", finding, index, models }, null, 2);
    const href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    element("a", { href, download: `sidelight-${made.slice(0, 10)}-${verdict}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  }

  sidelight.report = { save };
})();
