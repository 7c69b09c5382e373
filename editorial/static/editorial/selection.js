// "File a claim": takes the passage that is selected in the copy to the form that lists the claims used (new_rows.js).
// It travels in the fragment of the URL, which is not sent and not logged.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  let passage = "";
  document.addEventListener("selectionchange", () => {
    const selection = getSelection(), copy = document.querySelector("#copy .nr-copy");
    if (!copy || selection.isCollapsed) return;
    if (!copy.contains(selection.anchorNode) || !copy.contains(selection.focusNode)) { passage = ""; return; }
    const part = selection.getRangeAt(0).cloneContents();
    part.querySelectorAll(".nr-number").forEach((number) => number.remove());
    passage = part.textContent.replace(/\s+/g, " ").trim().slice(0, 1000);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-file-claim]");
    if (!link || !passage) return;
    event.preventDefault();
    location.assign(`${link.href}#passage=${encodeURIComponent(passage)}`);
  });
});
