// The one card that is open, if any: it hangs at a line of its finding, takes the focus and gives it back.

var sidelight = sidelight ?? {};

(() => {
  const { card } = sidelight;
  const { rects } = sidelight.roots;
  const FAR = 4;

  function linesOf({ range }) {
    return range ? rects(range.startContainer, range.getClientRects()) : [];
  }

  // Which of the lines of a finding lies under the point; the first when there is no point.
  function lineAt(finding, point) {
    const holds = ({ left, right, top, bottom }) => left <= point.x && point.x <= right && top <= point.y && point.y <= bottom;
    return point ? Math.max(0, linesOf(finding).findIndex(holds)) : 0;
  }

  // Where the card hangs: at that line, but clear of the whole sentence, unless it is so long, or so far apart in columns, that this would
  // be far from where the reader looks.
  function anchorOf(lines, line) {
    const at = lines[Math.min(line, lines.length - 1)];
    const [top, bottom] = [Math.min(...lines.map((each) => each.top)), Math.max(...lines.map((each) => each.bottom))];
    return bottom - top < innerHeight / FAR ? new DOMRect(at.left, top, at.width, bottom - top) : at;
  }

  class Cards {
    // `resting()` is where a card hangs whose words are not on the page.
    constructor(surface, resting) {
      Object.assign(this, { surface, resting, card: null, finding: null });
    }

    // `evidence` is what of the finding's to show; `on` holds what the reader can do in the card, close() at least; `point` is where
    // the finding was clicked, if it was.
    open(finding, evidence, on, point) {
      const back = this.card ? this.back : this.surface.focused();
      this.card?.remove();
      this.back = back;
      this.card = card.build(finding, evidence, on);
      this.hang(finding, point);
      this.surface.show(this.card);
      this.card.focus({ preventScroll: true });
    }

    hang(finding, point) {
      Object.assign(this, { finding, line: lineAt(finding, point) });
      this.place();
    }

    place() {
      if (!this.finding) return;
      const lines = linesOf(this.finding);
      this.surface.point(lines.length ? anchorOf(lines, this.line) : this.resting());
    }

    // Whether there was a card to close.
    close() {
      this.finding = null;
      if (!this.card) return false;
      this.card.remove();
      this.card = null;
      if (this.back !== document.body && this.back !== this.surface.host) this.back?.focus({ preventScroll: true });
      return true;
    }
  }

  sidelight.Cards = Cards;
})();
