// Related claims: the existing ones like that which is typed, with "Use this one"; and those like the claim of a page.
"use strict";
(() => {
  const WAIT = 400; // milliseconds after the last key
  const FEWEST = 10; // letters that are worth a search
  const timers = new WeakMap();
  const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

  const place = (field) => {
    const row = field.closest(".nr-field"), existing = row.querySelector(":scope > .nr-related");
    if (existing) return existing;
    const status = element("p", { className: "nr-visually-hidden" });
    status.setAttribute("role", "status");
    const made = element("div", { className: "nr-related" });
    made.append(status, element("div", {}));
    row.append(made);
    return made;
  };
  const show = (field, list) => {
    const [status, content] = place(field).children, count = list?.querySelectorAll(".nr-found > li").length || 0;
    content.replaceChildren(...(count ? [document.adoptNode(list)] : []));
    status.textContent = count ? `${count} existing claim${count === 1 ? " is" : "s are"} like this one.` : "";
  };
  // As a form, so that no log holds the words of a claim as a URL.
  const ask = async (field) => {
    const text = field.value.trim();
    if (text.length < FEWEST) return show(field, null);
    const body = new URLSearchParams({ text, csrfmiddlewaretoken: field.form.elements.csrfmiddlewaretoken.value });
    try {
      const response = await fetch(field.dataset.related, { method: "POST", body });
      const page = response.ok && !response.redirected ? await parse(response) : null;
      if (field.isConnected && field.value.trim() === text) show(field, page?.querySelector(".nr-related-list"));
    } catch { /* the form works without */ }
  };
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("textarea[data-related]")) return;
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => ask(field), WAIT));
  });
  // In a dialog, the form behind it takes the claim (new_rows.js). Elsewhere the link opens its page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-use-claim]");
    if (!link) return;
    link.closest("form").dispatchEvent(new Event("discard")); // drafts.js
    const detail = { id: link.dataset.useClaim, text: link.dataset.text };
    if (!link.dispatchEvent(new CustomEvent("choose", { bubbles: true, cancelable: true, detail }))) event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", async () => {
    const section = document.querySelector("[data-related-of]");
    if (!section) return;
    try {
      const list = (await parse(await fetch(section.dataset.relatedOf))).querySelector("#related-claims");
      if (list) section.lastElementChild.replaceWith(document.adoptNode(list));
    } catch { /* the link remains */ }
  });
})();
