// The only file that touches CSS.highlights: paints findings on the page without writing to it, and tells what is under a point.

var sidelight = sidelight ?? {};

(() => {
  const VERDICTS = ["supported", "disputed", "contradicted"];
  const ACTIVE = "sidelight-active";
  const painted = new Map();
  const roots = new Set();

  function paint(findings) {
    painted.clear();
    roots.clear();
    const highlights = VERDICTS.map((verdict, priority) => {
      const highlight = new Highlight();
      highlight.priority = priority;
      CSS.highlights.set(`sidelight-${verdict}`, highlight);
      return highlight;
    });
    for (const finding of findings) {
      if (!finding.range) continue;
      highlights[VERDICTS.indexOf(finding.verdict)].add(finding.range);
      painted.set(finding.range, finding);
      const root = finding.range.startContainer.getRootNode();
      if (root instanceof ShadowRoot) roots.add(root);
    }
  }

  function mark(finding) {
    CSS.highlights.delete(ACTIVE);
    if (!finding?.range) return;
    const active = new Highlight(finding.range);
    active.priority = VERDICTS.length;
    CSS.highlights.set(ACTIVE, active);
  }

  function at(x, y) {
    const hits = CSS.highlights.highlightsFromPoint(x, y, { shadowRoots: [...roots] });
    return hits.flatMap((hit) => hit.ranges.map((range) => painted.get(range))).find(Boolean) ?? null;
  }

  function clear() {
    for (const verdict of VERDICTS) CSS.highlights.delete(`sidelight-${verdict}`);
    CSS.highlights.delete(ACTIVE);
    painted.clear();
    roots.clear();
  }

  sidelight.highlight = { VERDICTS, paint, mark, at, clear };
})();
