// Lease countdowns, closing of menus, page refresh and double-submit protection. Pages work without it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const clocks = document.querySelectorAll("time[data-countdown]");
  const tick = () => clocks.forEach((clock) => {
    const left = Math.round((new Date(clock.dateTime) - Date.now()) / 1000);
    const minutes = Math.floor(Math.abs(left) / 60), seconds = String(Math.abs(left) % 60).padStart(2, "0");
    clock.textContent = left > 0 ? `${minutes}:${seconds} left` : "time is up";
    clock.classList.toggle("nr-due-late", left < 300);
  });
  if (clocks.length) { tick(); setInterval(tick, 1000); }

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

  // Refresh pages with data-refresh while they are visible; without a response, keep the present content.
  const region = document.querySelector("[data-refresh]");
  const refresh = async () => {
    if (document.hidden || region.contains(document.activeElement) || getSelection().toString()) return;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html", "X-Background-Refresh": "1" } });
      if (!response.ok || response.redirected) return;
      const update = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-refresh]");
      if (update) region.replaceChildren(...update.childNodes);
    } catch { /* try again at the next interval */ }
  };
  if (region) setInterval(refresh, region.dataset.refresh * 1000);

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
  document.querySelectorAll("form.nr-form, form.nr-inline").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
});
