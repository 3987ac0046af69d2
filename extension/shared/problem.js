// A problem, said with what to do next.

var sidelight = sidelight ?? {};

(() => {
  const { element, icon } = sidelight.elements;
  const { say } = sidelight.words;
  // What no setting can change.
  const NOT_OF_SETTINGS = ["no_text", "secret_fields", "reload"];

  // `kind` names the texts; `command` is what to type where that helps, `detail` what the service itself said.
  function build({ kind, address, detail, command }, { retry, options }) {
    const parts = [
      element("h3", {}, icon("warning"), say(`problem_${kind}`)),
      element("p", {}, say(`problem_${kind}_advice`, address ?? "")),
      command && element("code", {}, command),
      detail && element("p", { class: "small dim" }, detail),
      element("div", { class: "actions" },
        element("button", { onclick: retry }, say("retry")),
        options && !NOT_OF_SETTINGS.includes(kind) ? element("button", { onclick: options }, say("open_options")) : null),
    ]; // prettier-ignore
    return element("div", { class: "problem", role: "alert" }, parts.filter(Boolean));
  }

  sidelight.problem = { build };
})();
