// The only file that touches CSS.highlights: paints findings on the page without writing to it, and tells what is under a point.

var sidelight = sidelight ?? {};

(() => {
  const VERDICTS = ["supported", "disputed", "contradicted"];
  const ACTIVE = "sidelight-active";
  // A browser lays out and paints what is added between two frames in one piece.
  const AT_ONCE = 200;
  const painted = new Map();
  const roots = new Set();
  // Each frame's window has highlights of its own.
  const views = new Set([window]);
  let turn = 0;

  function viewOf(range) {
    return range.startContainer.ownerDocument.defaultView;
  }

  function registered(view, name, priority) {
    const { highlights } = view.CSS;
    if (!highlights.has(name)) {
      const highlight = new view.Highlight();
      highlight.priority = priority;
      highlights.set(name, highlight);
      views.add(view);
    }
    return highlights.get(name);
  }

  function add(range, finding) {
    const view = viewOf(range);
    if (!view || painted.has(range)) return;
    registered(view, `sidelight-${finding.verdict}`, VERDICTS.indexOf(finding.verdict)).add(range);
    painted.set(range, finding);
    const root = range.startContainer.getRootNode();
    if (root.host) roots.add(root);
  }

  function remove(range, { verdict }) {
    viewOf(range)?.CSS.highlights.get(`sidelight-${verdict}`)?.delete(range);
    painted.delete(range);
  }

  // Shows these findings and no others, many of them in several goes. What is painted already is left alone: a browser paints anew
  // whatever is touched.
  async function paint(findings) {
    turn += 1;
    const mine = turn;
    const wanted = new Map(findings.filter(({ range }) => range).map((finding) => [finding.range, finding]));
    for (const [range, finding] of painted) if (!wanted.has(range)) remove(range, finding);
    const missing = [...wanted].filter(([range]) => !painted.has(range));
    for (let i = 0; i < missing.length && mine === turn; i += AT_ONCE) {
      if (i > 0) await new Promise((resume) => setTimeout(resume));
      if (mine === turn) for (const [range, finding] of missing.slice(i, i + AT_ONCE)) add(range, finding);
    }
  }

  function mark(finding) {
    for (const view of views) view.CSS?.highlights.delete(ACTIVE);
    const view = finding?.range && viewOf(finding.range);
    if (view) registered(view, ACTIVE, VERDICTS.length).add(finding.range);
  }

  // What is painted under a point of `view`, a window of the page.
  function at(x, y, view = window) {
    const hits = view.CSS.highlights.highlightsFromPoint(x, y, { shadowRoots: [...roots] });
    return hits.flatMap((hit) => hit.ranges.map((range) => painted.get(range))).find(Boolean) ?? null;
  }

  function clear() {
    turn += 1;
    for (const view of views) for (const name of [...VERDICTS.map((verdict) => `sidelight-${verdict}`), ACTIVE]) view.CSS?.highlights.delete(name);
    painted.clear();
    roots.clear();
  }

  sidelight.highlight = { VERDICTS, paint, mark, at, clear };
})();
