// Small builders for our own interface. Text goes in as text, never as markup: quotes come from documents of any origin.

var sidelight = sidelight ?? {};

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  // Drawn on a 16 x 16 grid, in strokes. The outline differs as well as the sign inside: circle, diamond, square.
  const DRAWINGS = {
    supported: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z", "M5 8.2l2.1 2.1L11.2 6"],
    disputed: ["M2 2h12v12H2z", "M5 6.2h6M9.2 4.4 11 6.2 9.2 8M11 10H5M6.8 8.2 5 10l1.8 1.8"],
    contradicted: ["M8 .9 15.1 8 8 15.1.9 8z", "M5.3 6.7h5.4M5.3 9.3h5.4M9.7 4.9 6.3 11.1"],
    neutral: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z", "M5 8h6"],
    warning: ["M8 1.8 15 14H1z", "M8 6v4M8 11.8v.4"],
    close: ["M4 4l8 8M12 4l-8 8"],
    light: ["M3 4v8a4 4 0 0 0 0-8z", "M9.5 4.5 14 3M9.8 8H14.5M9.5 11.5 14 13"],
  };

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value != null) made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child != null && child !== ""));
    return made;
  }

  // Icons repeat what a word beside them says, so assistive technology passes over them.
  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    for (const drawing of DRAWINGS[name]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", drawing);
      svg.append(path);
    }
    return svg;
  }

  sidelight.elements = { element, icon };
})();
