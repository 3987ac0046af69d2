// The card of one finding: what the evidence says in words, each passage in its context, and who says it.

var sidelight = sidelight ?? {};

(() => {
  const { element, icon } = sidelight.elements;
  const { say, count, kind, date } = sidelight.words;
  const CONTEXT = 160;

  // The words nearest to the quote matter most, so what stands before loses its beginning and what follows its end.
  function before(text) {
    return text.length > CONTEXT ? `… ${text.slice(-CONTEXT).replace(/^\S*\s/, "")}` : text;
  }

  function after(text) {
    return text.length > CONTEXT ? `${text.slice(0, CONTEXT).replace(/\s\S*$/, "")} …` : text;
  }

  // The source's address with a text fragment, so that the browser scrolls to the quoted words; null unless it is a web address.
  function address(url, quote) {
    if (!URL.canParse(url ?? "") || !/^https?:$/.test(new URL(url).protocol)) return null;
    const target = new URL(url);
    const words = quote.split(/\s+/);
    const part = (some) => encodeURIComponent(some.join(" ")).replaceAll("-", "%2D");
    const text = words.length > 10 ? `${part(words.slice(0, 5))},${part(words.slice(-5))}` : part(words);
    if (!target.hash) target.hash = `:~:text=${text}`;
    return target.href;
  }

  function notes(texts) {
    if (!texts?.length) return null;
    return element("ul", { class: "notes small" }, texts.map((text) => element("li", {}, icon("warning"), element("span", {}, text))));
  }

  function title(source, quote) {
    const href = address(source.url, quote);
    if (!href) return element("span", { class: "title" }, source.title);
    const opens = say("source_opens");
    return element("a", { class: "title", href, target: "_blank", rel: "noopener noreferrer", title: opens }, source.title);
  }

  function interest(source) {
    return source.commercial_interest && say("source_interest", source.commercial_interest);
  }

  // Another source of the same words: its title leads to them there.
  function other(source, quote) {
    const known = [interest(source), source.retracted && say("source_retracted")].filter(Boolean).join(" ");
    return element("p", { class: "also" }, `${say("source_also")} `, title(source, quote), ` (${kind(source.kind)}) ${known}`.trimEnd());
  }

  function sourceOf({ source, also_from = [], text }) {
    return element("div", { class: "source small" },
      element("p", {}, title(source, text)),
      element("p", {}, element("span", { class: "kind" }, kind(source.kind)), ` ${source.publisher} · ${date(source.date)}`),
      source.commercial_interest && element("p", { class: "interest" }, interest(source)),
      also_from.map((each) => other(each, text)),
    ); // prettier-ignore
  }

  function passage(evidence) {
    const { context } = evidence;
    const sure = evidence.stance !== "neutral" && say("sure", Math.round(evidence.probability * 100));
    return element("li", { class: evidence.stance },
      element("p", { class: "tone small" }, icon(evidence.stance === "neutral" ? "neutral" : iconOf[evidence.stance]),
        element("span", {}, say(`stance_${evidence.stance}`)), sure && element("span", { class: "dim" }, sure)),
      element("blockquote", {},
        context?.before && element("span", { class: "dim" }, `${before(context.before)} `),
        element("span", { class: "quote" }, evidence.text),
        context?.after && element("span", { class: "dim" }, ` ${after(context.after)}`)),
      sourceOf(evidence),
      notes(evidence.notes),
    ); // prettier-ignore
  }

  const iconOf = { supports: "supported", contradicts: "contradicted" };

  // Passages that take no side stay folded away: they show that something was looked at, not what it says of the claim.
  function passages(evidence) {
    const sided = evidence.filter(({ stance }) => stance !== "neutral");
    const neutral = evidence.filter(({ stance }) => stance === "neutral");
    const folded = neutral.length > 0 && element("details", {},
      element("summary", { class: "small" }, count("card_neutral", neutral.length)),
      element("ol", { class: "evidence" }, neutral.map(passage))); // prettier-ignore
    return [element("ol", { class: "evidence" }, sided.map(passage)), folded || null];
  }

  function tally(counts) {
    const kinds = Object.entries(counts ?? {});
    if (kinds.length < 2) return null;
    const rows = kinds.map(([name, { supports, contradicts }]) => {
      const sides = [supports && say("tally_supports", supports), contradicts && say("tally_contradicts", contradicts)];
      return element("li", {}, `${kind(name)}: ${sides.filter(Boolean).join(", ")}`);
    });
    return element("ul", { class: "tally", "aria-label": say("tally_label") }, rows);
  }

  function record(known) {
    if (!known) return null;
    const counts = known.measured.flatMap(({ right, of }) => [right, of]);
    return element("p", {}, say(counts.length > 2 ? "card_record_disputed" : "card_record", known.on, ...counts));
  }

  // What the reader can do about this finding: dismiss(), report(), where they are given.
  function actions({ dismiss, report }) {
    const buttons = [
      dismiss && element("button", { onclick: dismiss }, say("card_dismiss")),
      report && element("button", { onclick: report }, say("card_report")),
    ].filter(Boolean);
    return buttons.length ? element("div", { class: "actions" }, buttons) : null;
  }

  // An element for `finding` with this of its evidence; `on` holds close(), and what else the reader can do.
  function build(finding, evidence, on) {
    const { verdict } = finding;
    const heading = element("h2", { id: "verdict" }, say(`says_${verdict}`));
    return element("div", { class: `card ${verdict}`, role: "dialog", "aria-labelledby": "verdict", tabindex: "-1" },
      element("header", {},
        element("div", { class: "tone" }, icon(verdict === "no_evidence" ? "neutral" : verdict), heading),
        element("button", { class: "square", "aria-label": say("card_close"), onclick: on.close }, icon("close"))),
      element("p", { class: "claim small" }, element("q", {}, finding.text)),
      notes(finding.notes),
      passages(evidence),
      element("footer", { class: "small dim" },
        tally(finding.tally), record(finding.record), element("p", {}, say("card_caution")), actions(on)),
    ); // prettier-ignore
  }

  sidelight.card = { build };
})();
