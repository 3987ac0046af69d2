// Whether a page asks for a password or a payment. Such a page is not read.

var sidelight = sidelight ?? {};

(() => {
  const FIELDS = "input[type='password'], input[autocomplete~='current-password'], input[autocomplete~='new-password'], [autocomplete*='cc-']";

  // Of pages read without a click every such field counts, shown or not; after a click only what the page shows: the closed login
  // window of a magazine does not make its article a secret.
  function asked({ evenHidden = false } = {}) {
    return [...document.querySelectorAll(FIELDS)].some((field) => evenHidden || field.checkVisibility({ visibilityProperty: true }));
  }

  sidelight.secrets = { asked };
})();
