// Refresh the part of a page marked data-live while it is visible: morph what has changed into place, so that focus,
// open sections and scroll position stay. A form that holds input is never touched.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const region = document.querySelector("[data-live]");
  if (!region) return;
  let tag = "", isFetching = false;

  // Rows are matched by their links and forms, which are the same on the next page.
  const identify = (root) => {
    const counts = {};
    root.querySelectorAll("a[href]:not([id]), form[action]:not([id])").forEach((element) => {
      const key = element.getAttribute("href") || element.getAttribute("action");
      counts[key] = (counts[key] || 0) + 1;
      element.id = `live:${key}:${counts[key]}`;
    });
  };
  const isChanged = (field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected)
        : field.type !== "hidden" && field.value !== field.defaultValue;
  const isTyping = (field) => field.matches("input:not([type=hidden]), textarea, select, [contenteditable]");

  const callbacks = {
    beforeNodeMorphed: (old, updated) => {
      if (old.nodeType !== Node.ELEMENT_NODE) return true;
      if (old.matches("form[data-draft], details[data-menu][open], [data-editing]")) return false; // changed by a script
      if (old.matches("form") && [...old.elements].some((field) => isChanged(field) || (isTyping(field) && field === document.activeElement))) return false;
      return !(old.matches("time[data-countdown]") && old.dateTime === updated.dateTime);
    },
    beforeNodeRemoved: (old) => !(old.nodeType === Node.ELEMENT_NODE && old.contains(document.activeElement)),
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")) && name !== "data-sent",
  };

  const refresh = async () => {
    if (isFetching || document.hidden || getSelection().toString()) return;
    const fields = [...region.querySelectorAll("input, textarea, select")];
    if (fields.some((field) => isChanged(field) && !(field.form && region.contains(field.form)))) return;
    isFetching = true;
    try {
      const headers = { Accept: "text/html", "X-Background-Refresh": "1", ...(tag && { "If-None-Match": tag }) };
      const response = await fetch(location.href, { headers, cache: "no-store" });
      if (response.status !== 200 || response.redirected) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const updated = page.querySelector("[data-live]");
      if (!updated) return;
      tag = response.headers.get("ETag") || "";
      identify(region);
      identify(updated);
      Idiomorph.morph(region, updated, { morphStyle: "innerHTML", callbacks });
      region.dataset.refreshed = new Date().toISOString();
    } catch { /* try again at the next interval */ } finally { isFetching = false; }
  };
  setInterval(refresh, region.dataset.live * 1000);
  document.addEventListener("visibilitychange", refresh);
});
