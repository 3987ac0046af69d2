// The page's visible text, in blocks, with the way back: any UTF-16 offset of a block leads to its place in the DOM.

var sidelight = sidelight ?? {};

(() => {
  const { shadowOf, frameOf } = sidelight.roots;
  // What is no running text, or is the reader's own writing. A form that wraps the whole page (some frameworks do) is read.
  const SKIPPED = [
    "script, style, noscript, template, code, svg, math, canvas, audio, video, object",
    "nav, footer, dialog, button, input, select, textarea, rt, rp, form:not(:has(main, article, h1))",
    "[contenteditable]:not([contenteditable='false' i]), [aria-hidden='true'], [hidden]",
    "[role='navigation'], [role='search'], [role='contentinfo'], [role='dialog'], [role='alertdialog'], [role='menu']",
    "[role='menubar'], [role='toolbar'], [role='tablist'], [role='textbox'], [role='button']",
    "sup:has(a[href^='#'])",
  ].join(", ");
  const GAP = /(?<dropped>[\u00AD\u200B\uFEFF]+)|\s{2,}/g;
  const EMPTY_LINE = /\n[^\S\n]*\n\s*/;
  // The service takes blocks of 20,000 characters.
  const LONGEST = 18000;
  const END_OF_BLOCK = Symbol("end of block");

  // A block in the making. A run says where a stretch of its text stands in a text node, one to one, character for character.
  class Draft {
    text = "";
    runs = [];

    // White space collapses to one blank, soft hyphens and zero-width blanks go: each ends a run.
    add(node, from, to) {
      let start = from;
      for (const { 0: gap, index, groups } of node.data.slice(from, to).matchAll(GAP)) {
        this.take(node, start, from + index);
        start = from + index + gap.length - (groups.dropped ? 0 : 1);
      }
      this.take(node, start, to);
    }

    take(node, from, to) {
      let piece = node.data.slice(from, to).replace(/\s/g, " ");
      if (piece.startsWith(" ") && (this.text === "" || this.text.endsWith(" "))) {
        piece = piece.slice(1);
        from += 1;
      }
      if (!piece) return;
      this.runs.push({ at: this.text.length, length: piece.length, node, from, data: node.data });
      this.text += piece;
    }
  }

  function runAt(block, offset) {
    let low = 0;
    let high = block.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (block.runs[middle].at <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function isAt(range, [startNode, startOffset], [endNode, endOffset]) {
    const isStart = range.startContainer === startNode && range.startOffset === startOffset;
    return isStart && range.endContainer === endNode && range.endOffset === endOffset;
  }

  // The DOM range of a slice of a block, or null when the page changed there since it was read. `known` is given back if it is
  // that range already, so that what is painted need not be painted again.
  function range(block, start, end, known) {
    if (!(0 <= start && start < end && end <= block.text.length)) return null;
    const first = runAt(block, start);
    const last = runAt(block, end - 1);
    const used = block.runs.slice(first, last + 1);
    if (!used.every(({ node, data }) => node.isConnected && node.ownerDocument.defaultView && node.data === data)) return null;
    const from = [used[0].node, used[0].from + start - used[0].at];
    const to = [used.at(-1).node, used.at(-1).from + end - used.at(-1).at];
    if (known && isAt(known, from, to)) return known;
    const found = from[0].ownerDocument.createRange();
    found.setStart(...from);
    found.setEnd(...to);
    return found;
  }

  function isRead(element, style) {
    if (element.matches(SKIPPED)) return false;
    // An element with `display: contents` has no box of its own, and so is never "visible".
    return style.display === "contents" || element.checkVisibility({ visibilityProperty: true });
  }

  function isBlock({ display }) {
    return !display.startsWith("inline") && display !== "contents" && !display.startsWith("ruby");
  }

  function childrenOf(element, shadow) {
    const assigned = element.localName === "slot" ? element.assignedNodes() : [];
    return assigned.length ? assigned : [...(shadow ?? element).childNodes];
  }

  // Offsets that part a text node into blocks: empty lines of preformatted text (a .txt file in the browser), and what is too long.
  function parts(node) {
    if (node.length <= LONGEST && !EMPTY_LINE.test(node.data)) return [[0, node.length]];
    const kept = getComputedStyle(node.parentElement ?? node.getRootNode().host).whiteSpaceCollapse;
    const breaks = kept.startsWith("preserve") ? [...node.data.matchAll(new RegExp(EMPTY_LINE, "g"))].map((gap) => gap.index) : [];
    const offsets = [0];
    for (const end of [...breaks, node.length]) {
      while (end - offsets.at(-1) > LONGEST) {
        const start = offsets.at(-1);
        const sentenceEnd = node.data.lastIndexOf(". ", start + LONGEST) + 1;
        offsets.push(sentenceEnd > start ? sentenceEnd : start + LONGEST);
      }
      offsets.push(end);
    }
    return offsets.slice(1).map((end, i) => [offsets[i], end]);
  }

  // Yields each block as soon as it is read, and null before each element, so that a caller may rest wherever it is in a long page.
  // `entered` is told of each tree within the page that is read too.
  function* blocks(root, entered = () => {}) {
    let draft = new Draft();
    let number = 0;
    function* finished() {
      const { text, runs } = draft;
      draft = new Draft();
      if (text.trim()) yield { id: `b${number++}`, text: text.trimEnd(), runs };
    }
    const pending = [root];
    while (pending.length) {
      const node = pending.pop();
      if (node === END_OF_BLOCK || node.localName === "br") {
        yield* finished();
      } else if (node.nodeType === Node.TEXT_NODE) {
        for (const [from, to] of parts(node)) {
          if (from > 0 || draft.text.length + to > LONGEST) yield* finished();
          draft.add(node, from, to);
        }
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        yield null;
        const style = getComputedStyle(node);
        if (!isRead(node, style)) continue;
        const [shadow, frame] = [shadowOf(node), frameOf(node)];
        if (shadow ?? frame) entered(shadow ?? frame);
        if (frame || isBlock(style)) {
          yield* finished();
          pending.push(END_OF_BLOCK);
        }
        pending.push(...(frame ? [frame] : childrenOf(node, shadow).reverse()));
      }
    }
    yield* finished();
  }

  sidelight.extract = { blocks, range };
})();
