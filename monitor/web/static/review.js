// Single keys for the review page, off and on by its own box. Without this file everything works by Tab and
// Enter; it sends nothing and only presses what is on the page.
(() => {
  "use strict";
  const box = document.getElementById("keys-on");
  if (!box) return;
  const STORE = "review-keys-off";
  const remembered = () => {
    try { return localStorage.getItem(STORE) === "1"; } catch { return false; }
  };
  box.checked = !remembered();
  box.closest("[hidden]").hidden = false;
  box.addEventListener("change", () => {
    try { localStorage.setItem(STORE, box.checked ? "0" : "1"); } catch { /* it holds for this page then */ }
  });
  const isWriting = (element) => element.matches("input[type=text], input[type=search], textarea, select");
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault(); // a key that is held down answers once
    sent = true;
  });
  // the browser's Back may bring this very page again, as it was when it was sent
  window.addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isWriting(event.target)) event.target.blur();
    const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.repeat);
    if (!box.checked || !isPlain || isWriting(event.target)) return;
    // by the key's place, so that it is the same with Russian, Belarusian and Latin letters
    const code = event.code.replace("Numpad", "Digit");
    const found = document.querySelector(`[data-key="${CSS.escape(code)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input[type=search]")) found.focus();
    else found.click();
  });
})();
