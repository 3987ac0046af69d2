// The only file that touches CSS.highlights: paints findings on the page without writing to it, and tells what is under a point.

var sidelight = sidelight ?? {};

(() => {
  const VERDICTS = ["supported", "disputed", "contradicted"];
  const ACTIVE = "sidelight-active";
  const painted = new Map();
  const roots = new Set();

  function registered(verdict, priority) {
    const name = `sidelight-${verdict}`;
    if (!CSS.highlights.has(name)) {
      const highlight = new Highlight();
      highlight.priority = priority;
      CSS.highlights.set(name, highlight);
    }
    return CSS.highlights.get(name);
  }

  // Shows these findings and no others. What is painted already is left alone: a browser paints anew whatever is touched.
  function paint(findings) {
    const highlights = Object.fromEntries(VERDICTS.map((verdict, priority) => [verdict, registered(verdict, priority)]));
    const wanted = new Map(findings.filter(({ range }) => range).map((finding) => [finding.range, finding]));
    for (const [range, { verdict }] of painted) {
      if (wanted.has(range)) continue;
      highlights[verdict].delete(range);
      painted.delete(range);
    }
    for (const [range, finding] of wanted) {
      if (painted.has(range)) continue;
      highlights[finding.verdict].add(range);
      painted.set(range, finding);
      const root = range.startContainer.getRootNode();
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
