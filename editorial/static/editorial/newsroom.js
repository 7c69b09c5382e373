// Lease countdowns, menus and double-submit protection. Pages work without it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const tick = () => document.querySelectorAll("time[data-countdown]").forEach((clock) => {
    const left = Math.round((new Date(clock.dateTime) - Date.now()) / 1000);
    const minutes = Math.floor(Math.abs(left) / 60), seconds = String(Math.abs(left) % 60).padStart(2, "0");
    clock.textContent = left > 0 ? `${minutes}:${seconds} left` : "time is up";
    clock.classList.toggle("nr-due-late", left < 300);
  });
  tick();
  setInterval(tick, 1000);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.nr-menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.nr-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // The menu of a row is loaded when it opens. Until then, and if that fails, it links to the page of the row.
  document.addEventListener("toggle", async (event) => {
    const menu = event.target;
    const link = menu.open && menu.matches("[data-menu]") && menu.querySelector("a[href$='/change/']");
    if (!link) return;
    try {
      const response = await fetch(new URL("../menu/", link.href));
      if (response.ok && !response.redirected) menu.querySelector("div").innerHTML = await response.text();
    } catch { /* the link stays */ }
  }, true);

  // Before the theme's scroll bars start: landmarks of one page need different names.
  document.querySelectorAll("[data-simplebar]").forEach((region) => {
    region.dataset.simplebarAriaLabel = region.closest("nav") ? "Menu entries" : "Rows";
  });

  // A revealed name is shown for a minute, and is gone when the page is left or kept for the back button.
  document.querySelectorAll("[data-hide-after]").forEach((section) => {
    const hide = () => section.querySelectorAll("[data-hide]").forEach((field) => { field.textContent = "Hidden."; });
    setTimeout(hide, section.dataset.hideAfter * 1000);
    window.addEventListener("pagehide", hide);
  });

  // Drafts (drafts.js): delete the one whose form was accepted, and those that have expired.
  const saved = document.cookie.match(/(?:^|; )newsroom_saved=([^;]+)/);
  if (saved) {
    localStorage.removeItem(`nr-draft.${saved[1]}`);
    document.cookie = "newsroom_saved=; path=/; max-age=0";
  }
  Object.keys(localStorage).filter((item) => item.startsWith("nr-draft.")).forEach((item) => {
    if (JSON.parse(localStorage.getItem(item)).until < Date.now()) localStorage.removeItem(item);
  });

  // A double click submits a form once.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.nr-form, form.nr-inline")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
});
