// Says who else has a form of this row open. A form announces its own user; a row's page only asks.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const notice = document.querySelector("[data-editing]");
  if (!notice) return;
  const visit = async () => {
    if (document.hidden) return;
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const headers = { "X-Background-Refresh": "1", ...(token && { "X-CSRFToken": token.value }) };
    try {
      const response = await fetch(notice.dataset.editing, { method: notice.dataset.method, headers, redirect: "manual", cache: "no-store" });
      if (!response.ok) return;
      const { text } = await response.json();
      if (notice.textContent !== text) notice.textContent = text;
      notice.hidden = !text;
    } catch { /* ask again later */ }
  };
  visit();
  setInterval(visit, 30000);
  document.addEventListener("visibilitychange", visit);
});
