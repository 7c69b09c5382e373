// Counts leases down while a page is open, and lets Escape close an open menu. Pages work without it.
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

  // Nobody files a thing twice by clicking twice.
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
