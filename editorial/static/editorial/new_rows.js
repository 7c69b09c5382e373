// "New source", "new claim": creates the row in a dialog, keeps what is typed in the form, and selects the row.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const openers = new Map();
  let count = 0;

  const choose = (select, row) => {
    select.add(new Option(row.text, row.id, true, true));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const load = async (dialog, address, options = {}) => {
    let page;
    try {
      const response = await fetch(address, { ...options, headers: { "X-In-Dialog": "1" } });
      if (response.headers.get("Content-Type")?.startsWith("application/json")) return await response.json();
      page = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch { page = null; }
    const part = page?.querySelector("#decide");
    if (part) dialog.replaceChildren(document.adoptNode(part));
    else if (!dialog.children.length) dialog.append(element("p", { className: "nr-notice", textContent: "The form could not be loaded. Close this and try again; what you typed is kept." }));
    return null;
  };

  const prepare = (dialog, address, select) => {
    const form = dialog.querySelector("form");
    if (!form) return;
    // Ids of the page's own form must stay unique.
    const prefix = `new${count += 1}_`;
    dialog.querySelectorAll("[id]").forEach((node) => { node.id = prefix + node.id; });
    dialog.querySelectorAll("[for]").forEach((node) => { node.htmlFor = prefix + node.htmlFor; });
    for (const name of ["aria-describedby", "aria-labelledby"]) {
      dialog.querySelectorAll(`[${name}]`).forEach((node) => node.setAttribute(name, node.getAttribute(name).split(" ").map((id) => prefix + id).join(" ")));
    }
    dialog.querySelector("h2").id = `${prefix}title`;
    dialog.setAttribute("aria-labelledby", `${prefix}title`);
    const cancel = dialog.querySelector("a.nr-button.nr-plain");
    cancel.addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
    dialog.querySelectorAll(".admin-autocomplete").forEach((field) => {
      field.dataset.dropdownParent = `#${dialog.id}`;
      django.jQuery(field).djangoAdminSelect2();
    });
    dialog.querySelectorAll("select[data-new-url]").forEach(addButton);
    drafts.attach(form, async () => {
      const row = await load(dialog, address, { method: "POST", body: new FormData(form) });
      if (!row) return prepare(dialog, address, select);
      drafts.remove(form.elements._draft.value);
      choose(select, row);
      dialog.close();
    });
    (dialog.querySelector(".nr-error-summary") || form.querySelector(".nr-field :is(input, select, textarea)"))?.focus();
  };

  // A dialog's own fields get the button, too: the accused party of a new claim may be a new source.
  const addButton = (select) => {
    const label = select.dataset.newLabel, address = select.dataset.newUrl;
    const button = element("button", { type: "button", className: "nr-button nr-plain nr-small nr-new", textContent: label });
    select.closest(".nr-field").append(button);
    const open = async (text = "") => {
      const dialog = element("dialog", { className: "nr-dialog nr-page", id: `dialog${count += 1}` });
      dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
      dialog.addEventListener("choose", (event) => { event.preventDefault(); choose(select, event.detail); dialog.close(); });
      document.body.append(dialog);
      dialog.showModal();
      await load(dialog, address);
      const first = text && dialog.querySelector("form textarea");
      if (first) first.value = text;
      prepare(dialog, address, select);
      if (first) first.dispatchEvent(new Event("input", { bubbles: true })); // related_claims.js
    };
    button.addEventListener("click", () => open());
    return open;
  };

  document.querySelectorAll("select[data-new-url]").forEach((select) => openers.set(select, addButton(select)));

  // A passage that was selected in a story's copy (selection.js): file it as a claim of the first empty use.
  const passage = new URLSearchParams(location.hash.slice(1)).get("passage");
  const empty = passage && [...openers.keys()].find((select) => /^uses-\d+-claim$/.test(select.name) && !select.value);
  if (empty) {
    history.replaceState(null, "", location.pathname + location.search);
    empty.closest("details").open = true;
    openers.get(empty)(passage);
  }
});
