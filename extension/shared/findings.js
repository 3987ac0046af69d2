// Which findings a reader wants to see, with which of their evidence, and what a list beside the page is told of them.

var sidelight = sidelight ?? {};

(() => {
  const { VERDICTS } = sidelight.highlight;
  // What to see when nothing is set, as on the service's own page.
  const EVERYTHING = { verdicts: VERDICTS, minConfidence: 0, hiddenKinds: [], dismissed: {}, highlights: true, colours: {} };
  // Sentences on harm or its absence: where a wrong belief does damage, so they come first.
  const SAFETY = new RegExp(
    String.raw`\b(?:safe(?:ly|ty|r)?|harm\w*|risk\w*|side[- ]effects?|adverse|danger\w*|toxic\w*|addict\w*|habit[- ]forming|depend(?:ence|ency)|` +
      String.raw`overdos\w*|withdrawal|fatal\w*|deaths?|die[sd]?|poison\w*|contraindicat\w*)\b`,
    "i",
  );

  // Other sources of the same words are hidden by their own kind.
  function evidence({ evidence: all }, { hiddenKinds }) {
    const isSeen = ({ kind }) => !hiddenKinds.includes(kind);
    return all
      .filter(({ source }) => isSeen(source))
      .map(({ also_from = [], ...each }) => ({ ...each, also_from: also_from.filter(isSeen) }));
  }

  // Without the evidence that the reader hides, a verdict must still stand on what is left: it is never made anew here.
  function stands(finding, settings) {
    if (settings.hiddenKinds.length === 0) return true;
    const sides = new Set(evidence(finding, settings).map(({ stance }) => stance));
    const isFor = finding.verdict === "contradicted" || sides.has("supports");
    const isAgainst = finding.verdict === "supported" || sides.has("contradicts");
    return isFor && isAgainst;
  }

  // The findings to show, in page order, and how many are not shown because the reader dismissed them.
  function sorted(findings, settings) {
    const wanted = findings.filter(
      (finding) => settings.verdicts.includes(finding.verdict) && finding.confidence >= settings.minConfidence && stands(finding, settings),
    );
    const shown = wanted.filter(({ key }) => !(key in settings.dismissed));
    return { shown, dismissed: wanted.length - shown.length };
  }

  // A claim that stands on the page more than once is told once: where it stands first.
  function told(shown, settings) {
    const first = new Map(shown.toReversed().map((finding) => [finding.key, finding]));
    const rank = ({ safety, verdict }) => (safety ? 0 : VERDICTS.length) - VERDICTS.indexOf(verdict);
    return shown
      .filter((finding) => first.get(finding.key) === finding)
      .map((finding) => {
        const { key, verdict, text, confidence, notes, tally, record } = finding;
        return { key, verdict, text, confidence, notes, tally, record, evidence: evidence(finding, settings), safety: SAFETY.test(text) };
      })
      .sort((a, b) => rank(a) - rank(b));
  }

  sidelight.findings = { EVERYTHING, evidence, sorted, told };
})();
