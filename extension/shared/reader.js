// The reader's session on one page: it is read, and read again as it changes; what is found is painted and listed, until it is stopped.

var sidelight = sidelight ?? {};

(() => {
  const { highlight, Surface, Panel, Attention, Reading, Watch, findings: choice } = sidelight;
  // A page that keeps changing is read again this often at most, and may spend one part in so many of its time on being read.
  const REREAD_MS = 1000;
  const SHARE = 30;
  // Problems of the page itself: there is nothing to show, until it changes.
  const OF_THE_PAGE = ["no_text", "secret_fields", "never"];

  class Reader {
    // `root()` is what is read; `ask(blocks)` resolves to {answer} or {problem}; `place` is where our interface goes. Where there are
    // any: `refuse()` names why the page may not be read now, `why` says who wanted it read, and `on` has stopped(), which is called
    // when the reader clears the page from within, changed(), framed(), abort(), options(), leave(), dismiss(key, isDismissed),
    // report(finding, made).
    constructor({ root, ask, place, refuse = () => null, why = { reason: "click" }, on }) {
      Object.assign(this, { root, ask, refuse, why, on, findings: [], shown: [], dismissed: 0, settings: choice.EVERYTHING });
      this.surface = new Surface(place);
      this.panel = new Panel(this.surface, {
        open: (finding) => this.attention.open(finding),
        clear: () => this.stop(),
        retry: () => this.start(),
        undo: () => on.dismiss(this.last, false),
        options: on.options,
        leave: on.leave,
      });
      this.panel.explain(why);
      this.attention = new Attention(this.surface, this.panel, {
        evidence: (finding) => choice.evidence(finding, this.settings),
        dismiss: on.dismiss && ((finding) => this.dismiss(finding)),
        report: on.report && ((finding) => on.report(finding, this.reading.made)),
      });
      this.watch = new Watch({
        changed: () => this.changed(),
        click: (event) => this.attention.click(event),
        key: (event) => this.attention.key(event),
        moved: () => this.attention.cards.place(),
      });
    }

    // Begins anew, and asks about everything again.
    start() {
      this.halt();
      this.problem = null;
      this.reading = new Reading({ root: this.root, ask: this.ask, entered: (tree) => this.enter(tree) });
      this.attention.close();
      this.panel.busy();
      return this.read();
    }

    enter(tree) {
      if (this.watch.enter(tree)) this.on.framed?.();
    }

    halt() {
      if (this.isReading) this.on.abort?.();
      this.reading?.stop();
      this.isReading = false;
    }

    async read() {
      clearTimeout(this.timer);
      this.timer = null;
      this.address = addressOfPage();
      this.watch.enter(this.root());
      const { reading } = this;
      const kind = this.refuse();
      if (kind) return this.finish(reading, { problem: { kind } });
      this.isReading = true;
      const result = await reading.read((part, parts, known) => {
        this.panel.busy(part, parts);
        this.show(known);
      });
      return this.finish(reading, result);
    }

    finish(reading, { problem = null, findings, coverage, unread, cost = 0 }) {
      if (reading !== this.reading || (!problem && !findings)) return;
      const isSaid = problem !== null && problem.kind === this.problem?.kind;
      Object.assign(this, { isReading: false, problem, coverage, unread, cost });
      this.show(findings ?? (OF_THE_PAGE.includes(problem.kind) ? [] : this.findings));
      if (!problem) this.panel.done(coverage, unread);
      else if (!isSaid) this.panel.fail(problem);
    }

    // A page that changed is read again after a pause, and only blocks with new text are asked about. One that went elsewhere by
    // itself, while it was still being read, begins anew.
    changed() {
      const isElsewhere = this.address !== addressOfPage();
      if (isElsewhere && this.isReading) this.start();
      else if (!this.problem || OF_THE_PAGE.includes(this.problem.kind)) {
        this.timer ??= setTimeout(() => this.reread(), isElsewhere ? 0 : Math.max(REREAD_MS, SHARE * (this.cost ?? 0)));
      }
    }

    reread() {
      this.timer = null;
      if (this.isReading) this.changed();
      else this.read();
    }

    // What the reader has set applies at once.
    apply(settings) {
      this.settings = settings;
      this.surface.tint(settings.colours);
      this.show(this.findings);
    }

    show(findings) {
      this.findings = findings;
      Object.assign(this, choice.sorted(findings, this.settings));
      highlight.paint(this.settings.highlights ? this.shown : []);
      this.panel.list(this.shown);
      const isUndoable = this.last in this.settings.dismissed;
      this.panel.dismissed(this.dismissed, isUndoable);
      if (isUndoable && this.hasJustDismissed) this.panel.offerUndo();
      this.hasJustDismissed &&= !isUndoable;
      this.attention.show(this.shown);
      this.on.changed?.();
    }

    dismiss({ key }) {
      Object.assign(this, { last: key, hasJustDismissed: true });
      this.on.dismiss(key, true);
    }

    stop() {
      clearTimeout(this.timer);
      this.halt();
      this.watch.stop();
      this.attention.end();
      highlight.clear();
      this.surface.remove();
      this.on.stopped();
    }
  }

  // A link within the page leads nowhere else.
  function addressOfPage() {
    return location.href.replace(/#.*/s, "");
  }

  sidelight.Reader = Reader;
})();
