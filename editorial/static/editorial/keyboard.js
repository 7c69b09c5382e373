// Keys for lists and buttons: j and k move through rows, x ticks a row, a button's own key presses it, ? shows them all.
// They can be switched off in the sheet, for people who speak or press keys by accident (WCAG 2.1.4).
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const ROWS = ".nr-task, #result_list tbody th a, #result_list tbody td a";
  const isOff = () => localStorage.getItem("keysOff") === "1";
  const visible = (element) => element.getClientRects().length > 0;
  const buttonsWithKeys = () => [...document.querySelectorAll("[aria-keyshortcuts]:not([data-palette])")].filter(visible);
  const label = (button) => [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join("").trim();

  const move = (step) => {
    const rows = [...document.querySelectorAll(ROWS)].filter(visible);
    const index = rows.indexOf(document.activeElement);
    const row = rows[index < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(index + step, 0), rows.length - 1)];
    if (row) { row.focus(); row.scrollIntoView({ block: "nearest" }); }
  };
  const tick = () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click();

  const createElement = (tag, text = "", ...children) => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.append(...children);
    return element;
  };
  const showShortcuts = () => {
    const own = buttonsWithKeys().map((button) => [button.getAttribute("aria-keyshortcuts"), label(button)]);
    const keys = new Map([["j", "Next row"], ["k", "Previous row"], ["x", "Tick the row"], ["Enter", "Open the row"], ["/ or Ctrl K", "Find"], ["?", "Show these shortcuts"], ...own]);
    const list = createElement("dl");
    keys.forEach((meaning, key) => list.append(createElement("dt", "", createElement("kbd", key)), createElement("dd", meaning)));
    const disable = createElement("input");
    disable.type = "checkbox";
    disable.checked = isOff();
    disable.addEventListener("change", () => localStorage.setItem("keysOff", disable.checked ? "1" : "0"));
    const close = createElement("button", "Close");
    close.className = "nr-button nr-plain";
    close.addEventListener("click", () => dialog.close());
    const dialog = createElement("dialog", "", createElement("h2", "Keyboard shortcuts"), list, createElement("label", "", disable, " Turn off all shortcuts except ?"), close);
    dialog.className = "nr-sheet";
    dialog.setAttribute("aria-label", "Keyboard shortcuts");
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable], .select2-container")) return;
    if (event.key === "?") { event.preventDefault(); showShortcuts(); return; }
    if (isOff() || event.repeat && !"jk".includes(event.key)) return;
    const actions = { j: () => move(1), k: () => move(-1), x: tick };
    const button = buttonsWithKeys().find((each) => each.getAttribute("aria-keyshortcuts") === event.key);
    const action = actions[event.key] || (button && (() => button.click()));
    if (action) { event.preventDefault(); action(); }
  });
});
