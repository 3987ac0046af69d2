// Whether a page is about health, told on the page itself, before a word of it is sent anywhere.

var sidelight = sidelight ?? {};

(() => {
  const { hosts, types, terms } = sidelight.lists;
  const SCHEMA = /^https?:\/\/schema\.org\//;
  const TERM = new RegExp(`(?<![\\p{L}\\d])(?:${terms.join("|")})[\\p{L}\\d]*`, "giu");
  // One such word can stand in any headline.
  const ENOUGH_TERMS = 2;
  const MOST_SHOWN = 4;

  function parsed(script) {
    try {
      return JSON.parse(script.textContent);
    } catch {
      return null; // The page's mistake, and only one of several signs.
    }
  }

  // Every @type within a piece of JSON-LD.
  function typesIn(data) {
    if (data === null || typeof data !== "object") return [];
    return [data["@type"] ?? [], ...Object.values(data).map(typesIn)].flat(2).filter((type) => typeof type === "string");
  }

  function declared() {
    const scripts = [...document.querySelectorAll("script[type='application/ld+json']")];
    const marked = [...document.querySelectorAll("[itemtype], [typeof]")];
    const names = [
      ...scripts.map(parsed).flatMap(typesIn),
      ...marked.flatMap((element) => `${element.getAttribute("itemtype") ?? ""} ${element.getAttribute("typeof") ?? ""}`.split(/\s+/)),
    ];
    return [...new Set(names.map((name) => name.replace(SCHEMA, "").replace(/^schema:/, "")))].filter((name) => types.includes(name));
  }

  function named() {
    const texts = [document.title, ...[...document.querySelectorAll("h1, h2")].map((heading) => heading.textContent)];
    return [...new Set(texts.join("\n").toLowerCase().match(TERM))];
  }

  // Why this is a health page: [{sign: "host" | "type" | "terms", words}], empty when it is none that we can tell.
  function signs(host) {
    const words = named();
    const found = [
      { sign: "host", words: hosts.filter((known) => host === known || host.endsWith(`.${known}`)) },
      { sign: "type", words: declared() },
      { sign: "terms", words: words.length < ENOUGH_TERMS ? [] : words.slice(0, MOST_SHOWN) },
    ];
    return found.filter((each) => each.words.length);
  }

  sidelight.health = { signs };
})();
