// One reading of one page: extract, ask, paint; then cards by mouse and keyboard until it is stopped.

var sidelight = sidelight ?? {};

(() => {
  const { extract, highlight, card, Surface, Panel } = sidelight;
  const { batches, total } = sidelight.batches;
  const INTERACTIVE = "a[href], button, input, select, textarea, label, summary, [role='button'], [role='link'], [contenteditable]";
  const SLICE_MS = 20;

  class Reader {
    // `root` is what is read; `ask(blocks)` resolves to {answer} or {problem}; `place` is where our interface goes;
    // `stopped()` is called when the reader clears the page from within; `options()`, if any, opens the settings.
    constructor({ root, ask, place, stopped, options }) {
      Object.assign(this, { root, ask, stopped });
      this.surface = new Surface(place);
      this.panel = new Panel(this.surface, {
        open: (finding) => this.open(finding),
        clear: () => this.stop(),
        retry: () => this.read(),
        options,
      });
      this.listening = new AbortController();
      this.findings = [];
      this.current = null;
      this.listen();
    }

    listen() {
      const { signal } = this.listening;
      document.addEventListener("click", (event) => this.click(event), { capture: true, signal });
      window.addEventListener("keydown", (event) => this.key(event), { capture: true, signal });
      for (const type of ["scroll", "resize"]) window.addEventListener(type, () => this.place(), { capture: true, passive: true, signal });
    }

    async read() {
      this.panel.busy();
      this.close();
      this.take([]);
      const blocks = await this.extract();
      if (blocks.length === 0) return this.panel.fail({ kind: "no_text" });
      const { parts, unread } = batches(blocks);
      const answers = [];
      for (const [i, part] of parts.entries()) {
        if (this.listening.signal.aborted) return;
        this.panel.busy(i + 1, parts.length);
        const { answer, problem } = await this.ask(part.map(({ id, text }) => ({ id, text })));
        if (this.listening.signal.aborted) return;
        if (problem) return this.panel.fail(problem);
        answers.push(answer);
        this.take(answers.flatMap(({ annotations }) => annotations), blocks);
      }
      this.panel.done(total(answers.map(({ coverage }) => coverage)), unread);
    }

    // Reads the page in slices, so that a long one never feels stuck.
    async extract() {
      const blocks = [];
      let began = performance.now();
      for (const block of extract.blocks(this.root)) {
        blocks.push(block);
        if (performance.now() - began < SLICE_MS) continue;
        await new Promise((resume) => setTimeout(resume));
        began = performance.now();
      }
      return blocks;
    }

    // Turns annotations into findings in page order. What does not say what stands there is dropped; what cannot be found in
    // the page any more stays in the list, without a highlight.
    take(annotations, blocks = []) {
      const order = new Map(blocks.map((block, i) => [block.id, i]));
      const found = annotations.flatMap((annotation) => {
        const block = blocks[order.get(annotation.block)];
        if (!highlight.VERDICTS.includes(annotation.verdict)) return [];
        if (block?.text.slice(annotation.start, annotation.end) !== annotation.text) return [];
        return [{ ...annotation, range: extract.range(block, annotation.start, annotation.end) }];
      });
      this.findings = found.sort((a, b) => order.get(a.block) - order.get(b.block) || a.start - b.start);
      highlight.paint(this.findings);
      this.panel.list(this.findings);
    }

    click(event) {
      if (event.button !== 0 || event.target === this.surface.host) return;
      const finding = highlight.at(event.clientX, event.clientY);
      // A link inside a claim stays a link, and a drag that selects text stays a selection.
      const isBusy = event.composedPath().some((node) => node.matches?.(INTERACTIVE)) || !getSelection().isCollapsed;
      if (finding && !isBusy) this.open(finding, { x: event.clientX, y: event.clientY });
      else this.close();
    }

    key(event) {
      if (event.key !== "Escape" || !this.card || event.isComposing) return;
      event.stopPropagation();
      event.preventDefault();
      this.close();
    }

    // Opens the card of a finding at the line under `point`, or at its first line, scrolled into view.
    open(finding, point) {
      const back = this.card ? this.back : this.surface.focused();
      this.dismiss();
      this.back = back;
      this.mark(finding);
      if (!point) this.reveal(finding);
      this.line = lineAt(finding, point);
      this.card = card.build(finding, () => this.close());
      this.place();
      this.surface.show(this.card);
      this.card.focus({ preventScroll: true });
    }

    mark(finding) {
      this.current = finding;
      highlight.mark(finding);
      this.panel.current(finding);
    }

    place() {
      if (!this.card) return;
      const rects = this.current.range?.getClientRects() ?? [];
      const fallback = this.panel.panel.getBoundingClientRect();
      this.surface.point(rects[Math.min(this.line, rects.length - 1)] ?? fallback);
    }

    reveal({ range }) {
      range?.startContainer.parentElement?.scrollIntoView({ block: "nearest", behavior: "instant" });
      const rect = range?.getBoundingClientRect();
      if (rect && (rect.top < 0 || rect.bottom > innerHeight)) {
        window.scrollBy({ top: rect.top - innerHeight / 3, behavior: "instant" });
      }
    }

    dismiss() {
      this.card?.remove();
      this.card = null;
    }

    // Closes the card and puts the focus back where it was before.
    close() {
      if (!this.card) return;
      this.dismiss();
      highlight.mark(null);
      if (this.back !== document.body && this.back !== this.surface.host) this.back?.focus({ preventScroll: true });
    }

    // Goes `step` findings on, round the end; Enter on the button it lands on opens the card.
    move(step) {
      if (this.findings.length === 0) return;
      this.close();
      const at = this.findings.indexOf(this.current);
      const next = at < 0 ? (step > 0 ? 0 : -1) : (at + step) % this.findings.length;
      this.mark(this.findings.at(next));
      this.reveal(this.current);
      this.panel.current(this.current, true);
    }

    stop() {
      this.listening.abort();
      this.close();
      highlight.clear();
      this.surface.remove();
      this.stopped();
    }
  }

  // Which of the lines of a finding lies under the point; the first when there is no point.
  function lineAt({ range }, point) {
    if (!point || !range) return 0;
    const rects = [...range.getClientRects()];
    const under = rects.findIndex(({ left, right, top, bottom }) => left <= point.x && point.x <= right && top <= point.y && point.y <= bottom);
    return Math.max(0, under);
  }

  sidelight.Reader = Reader;
})();
