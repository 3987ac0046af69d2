// The one node Sidelight adds to a page: a host on the root element, with all of our interface in its closed shadow root.

var sidelight = sidelight ?? {};

(() => {
  const { element } = sidelight.elements;
  const ENOUGH_PX = 340;
  const MARGIN_PX = 24;

  class Surface {
    // `place` is where the host goes: the root element of a foreign page, or a spot of our own page made for it.
    constructor(place = document.documentElement) {
      this.inline = place !== document.documentElement;
      this.host = element("sidelight-ui", { class: this.inline ? "inline" : null });
      this.root = this.host.attachShadow({ mode: "closed" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(sidelight.style);
      this.root.adoptedStyleSheets = [sheet];
      this.anchor = element("div", { class: "anchor" });
      this.frame = element("div", {}, this.anchor);
      this.root.append(this.frame);
      // The page's own shortcuts must not fire while the reader is in our interface.
      for (const type of ["keydown", "keypress", "keyup"]) this.root.addEventListener(type, (event) => event.stopPropagation());
      place.append(this.host);
    }

    // `manual`: an automatic popover would close the page's own.
    show(popover) {
      popover.setAttribute("popover", "manual");
      this.frame.append(popover);
      popover.showPopover();
    }

    // Lays the anchor over a line of the page; the card hangs on it by CSS anchor positioning.
    point(rect) {
      const origin = this.host.getBoundingClientRect();
      const { style } = this.anchor;
      style.left = `${rect.left - origin.left}px`;
      style.top = `${rect.top - origin.top}px`;
      style.width = `${rect.width}px`;
      style.height = `${rect.height}px`;
      // Below the line where that leaves enough to read, so that the text above stays in view.
      const below = innerHeight - rect.bottom;
      const room = below > ENOUGH_PX ? below : Math.max(below, rect.top);
      this.frame.style.setProperty("--room", `${Math.round(room - MARGIN_PX)}px`);
    }

    // The reader's own colours for verdicts, also in the dark.
    tint(colours) {
      for (const [verdict, colour] of Object.entries(colours)) this.frame.style.setProperty(`--line-${verdict}`, colour);
    }

    // What has the focus, looking into our own shadow root but no further than a foreign one's host.
    focused() {
      return this.root.activeElement ?? document.activeElement;
    }

    remove() {
      this.host.remove();
    }
  }

  sidelight.Surface = Surface;
})();
