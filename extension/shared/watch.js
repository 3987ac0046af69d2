// What a session listens to on the page, in its document and in each tree within it that is read: changes, clicks, keys, scrolling.

var sidelight = sidelight ?? {};

(() => {
  // Classes and ARIA states, because much of what a page hides until a click is hidden by them.
  const ATTRIBUTES = ["hidden", "open", "class", "aria-hidden", "aria-expanded"];
  const CHANGES = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES };

  class Watch {
    // `on` has any of changed(), click(event), key(event), moved().
    constructor(on) {
      this.on = on;
      this.listening = new AbortController();
      this.entered = new WeakSet();
      this.observer = on.changed && new MutationObserver((records) => records.some(isOfThePage) && on.changed());
      // Some pages replace their body as a whole.
      this.observer?.observe(document.documentElement, { childList: true });
      this.listen(document);
    }

    // Watches a tree too: the body, a shadow root, the body of a frame. Whether it is in a frame that was not known before.
    enter(tree) {
      if (this.entered.has(tree)) return false;
      this.entered.add(tree);
      this.observer?.observe(tree, CHANGES);
      return this.listen(tree.ownerDocument);
    }

    listen(page) {
      if (this.entered.has(page)) return false;
      this.entered.add(page);
      const { on } = this;
      const { signal } = this.listening;
      const view = page.defaultView;
      page.addEventListener("click", (event) => on.click(event), { capture: true, signal });
      view.addEventListener("keydown", (event) => on.key(event), { capture: true, signal });
      for (const type of ["scroll", "resize"]) view.addEventListener(type, () => on.moved(), { capture: true, passive: true, signal });
      // A frame that has loaded: its event does not bubble, but is seen on its way down.
      if (on.changed) page.addEventListener("load", ({ target }) => target.localName === "iframe" && on.changed(), { capture: true, signal });
      return true;
    }

    stop() {
      this.observer?.disconnect();
      this.listening.abort();
    }
  }

  // Our own host element comes and goes beside the body.
  function isOfThePage({ target, addedNodes }) {
    return target !== document.documentElement || [...addedNodes].some(({ localName }) => localName === "body");
  }

  sidelight.Watch = Watch;
})();
