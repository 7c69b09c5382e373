// The palette: Ctrl-K or / opens it; typing finds pages, actions, claims, stories, sources and more; arrows and Enter open.
// A combobox with a listbox (WAI-ARIA Authoring Practices). Without script, the link to the search page remains.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const opener = document.querySelector("[data-palette]");
  if (!opener) return;
  const WAIT = 150; // milliseconds after the last key
  const FEWEST = 2; // letters that are worth a search
  let dialog = null;

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const pages = () => [...document.querySelectorAll("#nav-sidebar a[href]")].map((link) => {
    const label = [...link.childNodes].filter((node) => !node.classList?.contains("material-symbols-outlined")).map((node) => node.textContent).join(" ").trim().replace(/\s+/g, " ");
    return { type: "Page", label, url: link.href };
  }).filter((page) => page.label);

  const open = () => {
    if (dialog) return;
    let places = pages(), options = [], at = 0, timer = null, latest = 0;
    const list = make("ul", { id: "palette-list" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Results");
    const input = make("input", { type: "text", id: "palette-input", autocomplete: "off", spellcheck: false, maxLength: 200, placeholder: "Find a story, claim, source or page" });
    const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": "Find a story, claim, source, page or action" };
    Object.entries(attributes).forEach(([name, value]) => input.setAttribute(name, value));
    const status = make("p", { className: "nr-visually-hidden" });
    status.setAttribute("role", "status");
    dialog = make("dialog", { className: "nr-palette" }, input, list, status, make("p", { className: "nr-help", textContent: "↑ ↓ to choose, Enter to open, Esc to close" }));
    dialog.setAttribute("aria-label", "Find");

    const choose = (position) => {
      at = Math.max(0, Math.min(position, options.length - 1));
      [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
      const chosen = list.children[at];
      chosen?.scrollIntoView({ block: "nearest" });
      if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const show = (found, complete) => {
      const words = plain(input.value).split(/\s+/).filter(Boolean);
      const named = words.length ? places.filter((place) => words.every((word) => plain(place.label).includes(word))) : places;
      options = [...named.slice(0, words.length ? 5 : 50), ...found];
      if (words.length) options.push({ type: "Search", label: `All results for “${input.value.trim()}”`, url: `${opener.getAttribute("href")}?q=${encodeURIComponent(input.value.trim())}` });
      list.replaceChildren(...options.map((option, number) => {
        const item = make("li", { id: `palette-${number}` }, make("span", { className: "nr-badge", textContent: option.type }), ` ${option.label}`);
        item.setAttribute("role", "option");
        item.addEventListener("click", () => go(option));
        return item;
      }));
      input.setAttribute("aria-expanded", String(options.length > 0));
      if (complete) status.textContent = options.length === 1 ? "1 result" : `${options.length} results`;
      choose(0);
    };
    const go = (option) => { if (option) window.location.assign(option.url); };
    const ask = async (query) => {
      const response = await fetch(`${opener.dataset.palette}${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      return response.ok && !response.redirected ? response.json() : {};
    };
    const search = async () => {
      const text = input.value.trim(), number = ++latest;
      if (text.length < FEWEST) { show([], true); return; }
      try {
        const found = (await ask(`?q=${encodeURIComponent(text)}`)).found || [];
        if (number === latest && dialog) show(found, true);
      } catch { if (number === latest) status.textContent = "The search does not answer. Try again."; }
    };

    input.addEventListener("input", () => {
      latest += 1;
      show([], false);
      clearTimeout(timer);
      timer = setTimeout(search, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      const keys = { ArrowDown: () => choose((at + 1) % options.length), ArrowUp: () => choose((at - 1 + options.length) % options.length), Enter: () => go(options[at]) };
      if (event.isComposing || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => { clearTimeout(timer); latest += 1; dialog.remove(); dialog = null; });
    document.body.append(dialog);
    dialog.showModal();
    show([], false);
    input.focus();
    ask("").then((answer) => {
      places = [...(answer.actions || []).map((action) => ({ type: "Action", ...action })), ...places];
      if (dialog && !input.value) show([], false);
    }).catch(() => {});
  };

  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping && localStorage.getItem("keysOff") !== "1";
    const isControlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isSlash && !isControlK || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
});
