// The reader's session on one page: what is found is painted and listed, cards open by mouse and keyboard, until it is stopped.

var sidelight = sidelight ?? {};

(() => {
  const { highlight, card, Surface, Panel, Reading } = sidelight;
  const INTERACTIVE = "a[href], button, input, select, textarea, label, summary, [role='button'], [role='link'], [contenteditable]";
  const CHANGES = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden", "open"] };
  // A page that never stops changing is read again this often at most, and this many times in all.
  const REREAD_MS = 1000;
  const MOST_READS = 50;

  class Reader {
    // `root` is what is read; `ask(blocks)` resolves to {answer} or {problem}; `place` is where our interface goes;
    // `stopped()` is called when the reader clears the page from within; `options()`, if any, opens the settings.
    constructor({ root, ask, place, stopped, options }) {
      this.stopped = stopped;
      this.listening = new AbortController();
      this.surface = new Surface(place);
      this.panel = new Panel(this.surface, {
        open: (finding) => this.open(finding),
        clear: () => this.stop(),
        retry: () => this.start(),
        options,
      });
      this.reading = new Reading(root, ask, this.listening.signal);
      this.findings = [];
      this.current = null;
      this.reads = 0;
      this.changed = new MutationObserver(() => this.reread());
      this.changed.observe(root, CHANGES);
      this.listen();
    }

    listen() {
      const { signal } = this.listening;
      document.addEventListener("click", (event) => this.click(event), { capture: true, signal });
      window.addEventListener("keydown", (event) => this.key(event), { capture: true, signal });
      for (const type of ["scroll", "resize"]) window.addEventListener(type, () => this.place(), { capture: true, passive: true, signal });
    }

    start() {
      this.panel.busy();
      return this.read();
    }

    async read() {
      this.isReading = true;
      this.reads += 1;
      const { problem, findings, coverage, unread } = await this.reading.read((part, parts, known) => {
        this.panel.busy(part, parts);
        this.show(known);
      });
      this.isReading = false;
      this.isRead = Boolean(findings);
      if (problem) this.panel.fail(problem);
      if (!findings) return;
      this.show(findings);
      this.panel.done(coverage, unread);
    }

    // A page that changed is read again after a pause; only blocks with new text are asked about.
    reread() {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        if (this.isReading) this.reread();
        else if (this.isRead && this.reads < MOST_READS) this.read();
      }, REREAD_MS);
    }

    show(findings) {
      this.findings = findings;
      highlight.paint(findings);
      this.panel.list(findings);
      this.place();
    }

    click(event) {
      if (!event.isTrusted || event.button !== 0 || event.target === this.surface.host) return;
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
      if (!point) reveal(finding);
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

    // Keeps the card at its line; at the panel when the page has lost the sentence.
    place() {
      if (!this.card) return;
      const rects = [...(this.current.range?.getClientRects() ?? [])];
      this.surface.point(rects[Math.min(this.line, rects.length - 1)] ?? this.panel.panel.getBoundingClientRect());
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
      reveal(this.current);
      this.panel.current(this.current, true);
    }

    stop() {
      clearTimeout(this.timer);
      this.changed.disconnect();
      this.listening.abort();
      this.close();
      highlight.clear();
      this.surface.remove();
      this.stopped();
    }
  }

  function reveal({ range }) {
    range?.startContainer.parentElement?.scrollIntoView({ block: "nearest", behavior: "instant" });
    const rect = range?.getBoundingClientRect();
    if (rect && (rect.top < 0 || rect.bottom > innerHeight)) {
      window.scrollBy({ top: rect.top - innerHeight / 3, behavior: "instant" });
    }
  }

  // Which of the lines of a finding lies under the point; the first when there is no point.
  function lineAt({ range }, point) {
    if (!point || !range) return 0;
    const holds = ({ left, right, top, bottom }) => left <= point.x && point.x <= right && top <= point.y && point.y <= bottom;
    return Math.max(0, [...range.getClientRects()].findIndex(holds));
  }

  sidelight.Reader = Reader;
})();
