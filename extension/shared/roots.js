// The trees a page is made of besides its own: shadow roots, closed ones too, and frames that the browser lets us enter.

var sidelight = sidelight ?? {};

(() => {
  // Asking each element for a closed root would take longer than reading the page: only these may well have one.
  function mayHide(element) {
    return element.localName.includes("-") || !element.hasChildNodes();
  }

  function shadowOf(element) {
    if (element.shadowRoot || !mayHide(element)) return element.shadowRoot;
    if (element.openOrClosedShadowRoot !== undefined) return element.openOrClosedShadowRoot;
    return (element instanceof HTMLElement && globalThis.chrome?.dom?.openOrClosedShadowRoot(element)) || null;
  }

  // The body of a frame of the same site, or null: of others the browser shows us no document. A document in design mode is an editor.
  function frameOf(element) {
    const inside = element.localName === "iframe" || element.localName === "frame" ? element.contentDocument : null;
    return inside && inside.designMode !== "on" ? inside.body : null;
  }

  // How many frames of other sites stand within `root`, large enough to hold text: what they say is not read.
  function foreignFrames(root) {
    const isSeen = (frame) => frame.checkVisibility({ visibilityProperty: true }) && frame.clientWidth >= 100 && frame.clientHeight >= 50;
    return [...root.querySelectorAll("iframe, frame")].filter((frame) => frame.contentDocument === null && isSeen(frame)).length;
  }

  // How far the window that a node stands in lies from the corner of the top window.
  function shift(node) {
    let [x, y] = [0, 0];
    let frame = node.ownerDocument.defaultView?.frameElement;
    while (frame) {
      const box = frame.getBoundingClientRect();
      x += box.left + frame.clientLeft;
      y += box.top + frame.clientTop;
      frame = frame.ownerDocument.defaultView?.frameElement;
    }
    return [x, y];
  }

  // Rectangles of a range or an element as the top window sees them.
  function rects(node, found) {
    const [x, y] = shift(node);
    return [...found].map((rect) => new DOMRect(rect.x + x, rect.y + y, rect.width, rect.height));
  }

  sidelight.roots = { shadowOf, frameOf, foreignFrames, shift, rects };
})();
