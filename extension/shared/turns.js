// Long work is done in short turns, between which the page has its own, so that nobody feels that it is read.

var sidelight = sidelight ?? {};

(() => {
  // Half a frame. What a browser does with our work, laying out and painting, comes on top.
  const TURN_MS = 8;

  class Turns {
    constructor() {
      Object.assign(this, { before: 0, began: performance.now() });
    }

    // What all turns took, in ms.
    get cost() {
      return this.before + performance.now() - this.began;
    }

    get isOver() {
      return performance.now() - this.began >= TURN_MS;
    }

    // Resolves in the next turn: after whatever the page has waiting. A timer would do so much later in a tab behind others.
    async rest() {
      this.before = this.cost;
      await scheduler.postTask(() => {});
      this.began = performance.now();
    }
  }

  sidelight.Turns = Turns;
})();
