// Names for the parts of autocomplete fields, which Select2 leaves without any, for screen readers.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const name = (container) => {
    const select = container.previousElementSibling, label = select?.labels?.[0];
    if (!label) return;
    label.id ||= `${select.id}_label`;
    const selection = container.querySelector(".select2-selection"), rendered = container.querySelector(".select2-selection__rendered");
    selection.setAttribute("aria-labelledby", rendered.id ? `${label.id} ${rendered.id}` : label.id);
    if (rendered.tagName === "UL") {
      rendered.setAttribute("role", "group");
      rendered.setAttribute("aria-labelledby", label.id);
      rendered.querySelectorAll(":scope > li").forEach((item) => item.setAttribute("role", "none"));
    } else for (const attribute of ["role", "aria-readonly"]) rendered.removeAttribute(attribute);
    const boxes = container.classList.contains("select2-container--open") ? document : container;
    boxes.querySelectorAll(".select2-search__field:not([aria-labelledby])").forEach((box) => box.setAttribute("aria-labelledby", label.id));
  };
  const nameAll = () => document.querySelectorAll("select + .select2-container").forEach(name);
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  nameAll();
});
