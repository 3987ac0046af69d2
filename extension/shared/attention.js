// What the reader looks at: the current finding and its card, by mouse, by keyboard, and from a list beside the page.

var sidelight = sidelight ?? {};

(() => {
  const { highlight, Cards } = sidelight;
  const { shift, rects } = sidelight.roots;
  const INTERACTIVE = "a[href], button, input, select, textarea, label, summary, [role='button'], [role='link'], [contenteditable]";

  class Attention {
    // `on` has evidence(finding), what of it to show, and where there are any dismiss(finding) and report(finding).
    constructor(surface, panel, on) {
      Object.assign(this, { surface, panel, on, shown: [], current: null });
      this.cards = new Cards(surface, () => panel.panel.getBoundingClientRect());
      // Where the focus was on the page. Of moves within our interface the host hears nothing, and of those past a closed card only
      // that they come from nowhere.
      surface.host.addEventListener("focusin", ({ relatedTarget }) => (this.back = relatedTarget ?? this.back));
    }

    show(findings) {
      this.shown = findings;
      this.cards.place();
    }

    click(event) {
      if (!event.isTrusted || event.button !== 0 || event.target === this.surface.host) return;
      const { view, target, clientX, clientY } = event;
      const finding = highlight.at(clientX, clientY, view);
      // A link inside a claim stays a link, and a drag that selects text stays a selection.
      const isBusy = event.composedPath().some((node) => node.matches?.(INTERACTIVE)) || !view.getSelection().isCollapsed;
      const [x, y] = shift(target);
      if (finding && !isBusy) this.open(finding, { x: clientX + x, y: clientY + y });
      else this.close();
    }

    key(event) {
      if (event.key !== "Escape" || event.isComposing || !this.close()) return;
      event.stopPropagation();
      event.preventDefault();
    }

    // Opens the card of a finding at the line under `point`, or at its first line, scrolled into view.
    open(finding, point) {
      const { evidence, dismiss, report } = this.on;
      this.mark(finding);
      if (!point) reveal(finding);
      const actions = {
        close: () => this.close(),
        dismiss: dismiss && (() => this.close() && dismiss(finding)),
        report: report && (() => report(finding)),
      };
      this.cards.open(finding, evidence(finding), actions, point);
    }

    // Opens the card of the current finding, or closes it: one key for both.
    flip() {
      if (!this.close() && this.current) this.open(this.current);
    }

    mark(finding) {
      this.current = finding;
      highlight.mark(finding);
      this.panel.current(finding);
    }

    // Shows where the finding with this key stands, for a list beside the page.
    point(key) {
      const finding = this.shown.find((each) => each.key === key);
      if (!finding) return;
      this.close();
      this.mark(finding);
      reveal(finding);
    }

    // Whether there was a card to close.
    close() {
      const wasOpen = this.cards.close();
      if (wasOpen) highlight.mark(null);
      return wasOpen;
    }

    // Ends it all; the focus goes back to where it was on the page.
    end() {
      this.close();
      if (document.activeElement === this.surface.host) this.back?.focus({ preventScroll: true });
    }

    // Goes `step` findings on, round the end; Enter on the button it lands on opens the card.
    move(step) {
      if (this.shown.length === 0) return;
      this.close();
      const at = this.shown.indexOf(this.current);
      const next = at < 0 ? (step > 0 ? 0 : -1) : (at + step) % this.shown.length;
      this.mark(this.shown.at(next));
      reveal(this.current);
      this.panel.current(this.current, true);
    }
  }

  function reveal({ range }) {
    if (!range) return;
    const { startContainer } = range;
    startContainer.parentElement?.scrollIntoView({ block: "nearest", behavior: "instant" });
    const [rect] = rects(startContainer, [range.getBoundingClientRect()]);
    if (rect.top < 0 || rect.bottom > innerHeight) window.scrollBy({ top: rect.top - innerHeight / 3, behavior: "instant" });
  }

  sidelight.Attention = Attention;
})();
