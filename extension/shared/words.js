// Every text a reader sees comes through here, from _locales: by the browser in the extension, by `use` in the page at `/`.

// `var`, so that a page element whose id is "sidelight" cannot stand in for our namespace.
var sidelight = sidelight ?? {};

(() => {
  let given = null;

  function fill(message, values) {
    return message.replace(/\$(\d)/g, (_, place) => values[place - 1] ?? "");
  }

  function say(key, ...values) {
    const texts = values.map(String);
    return given ? fill(given[key]?.message ?? "", texts) : browser.i18n.getMessage(key, texts);
  }

  // Of the texts, not of the browser: it may speak one that there are no texts in.
  function language() {
    return say("language");
  }

  function count(key, number) {
    const plural = new Intl.PluralRules(language()).select(number);
    return say(`${key}_${plural}`, number) || say(`${key}_other`, number);
  }

  // A kind that this version has no words for is still shown: the list of kinds is open.
  function kind(name) {
    return say(`kind_${name}`) || name.replaceAll("_", " ");
  }

  // Dates are as exact as the source is: "2025", "2025-03" or "2025-03-09"; anything else is shown as it came.
  function date(iso) {
    const parts = /^(\d{4})(-\d\d)?(-\d\d)?$/.exec(iso ?? "");
    if (!parts) return iso || say("source_undated");
    const [, , month, day] = parts;
    const form = { year: "numeric", month: month && "long", day: day && "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat(language(), form).format(new Date(iso));
  }

  function coverage({ claims, with_evidence, outside_corpus }) {
    return claims ? say("coverage", count("claims", claims), with_evidence, outside_corpus) : say("coverage_no_claims");
  }

  // What the coverage leaves unsaid: that no mark is no praise, and what of the page was not looked at.
  function limits({ not_checked, other_language }, unread) {
    const foreign = other_language ? count("coverage_other_language", other_language) : "";
    const left = not_checked ? say("coverage_not_checked", not_checked) : "";
    const cut = unread.read < unread.all ? say("coverage_unread", unread.read, unread.all) : "";
    const frames = unread.frames ? count("coverage_frames", unread.frames) : "";
    return [say("coverage_caution"), foreign, left, cut, frames].filter(Boolean).join(" ");
  }

  // Why Sidelight reads this page though nobody clicked: {reason: "site"} or {reason: "health", signs}.
  function because({ reason, signs = [] }) {
    return [say(`why_${reason}`), ...signs.map(({ sign, words }) => say(`sign_${sign}`, words.join(", ")))].join(" ");
  }

  sidelight.words = { use: (messages) => (given = messages), say, count, kind, date, coverage, limits, because };
})();
