// Keeps what is typed into a form: as an encrypted draft on this device, and in place if it cannot be submitted.
"use strict";
window.drafts = (() => {
  const PREFIX = "nr-draft.", DAYS = 5, DELAY = 300;
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const formatTime = (at) => new Date(at).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

  // Passwords, codes, files and names for the vault are never saved.
  const isSaved = (field) => field.name && !/^(_|next$|csrf)/.test(field.name)
    && !["password", "file", "submit", "button", "hidden"].includes(field.type)
    && field.autocomplete !== "one-time-code" && !("neverSaved" in field.dataset);
  const readValues = (form) => {
    const values = {}, labels = {};
    for (const field of form.elements) {
      if (!isSaved(field)) continue;
      const list = (values[field.name] ||= []);
      if (field.options) for (const option of field.selectedOptions) { list.push(option.value); labels[option.value] = option.text; }
      else if (!["checkbox", "radio"].includes(field.type)) list.push(field.value);
      else if (field.checked) list.push(field.value);
    }
    return { values, labels };
  };
  const writeValues = (form, { values, labels }) => {
    for (const field of form.elements) {
      const list = isSaved(field) && values[field.name];
      if (!list) continue;
      if (field.options) {
        const known = new Set([...field.options].map((option) => option.value));
        for (const value of list) if (!known.has(value)) field.add(new Option(labels[value], value));
        for (const option of field.options) option.selected = list.includes(option.value);
      } else if (["checkbox", "radio"].includes(field.type)) field.checked = list.includes(field.value);
      else field.value = list[0] ?? "";
      if (list.length) field.closest("details")?.setAttribute("open", "");
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const importKey = (form) => crypto.subtle.importKey("raw", bytes(form.dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  const encrypt = async (key, name, draft) => {
    const plain = JSON.stringify(draft), padded = plain.padEnd(Math.ceil(plain.length / 2048) * 2048);
    const iv = crypto.getRandomValues(new Uint8Array(12)), additionalData = new TextEncoder().encode(name);
    const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, new TextEncoder().encode(padded));
    return JSON.stringify({ until: Date.now() + DAYS * 86400e3, iv: text(iv), sealed: text(ciphertext) });
  };
  const decrypt = async (key, name) => {
    try {
      const { iv, sealed } = JSON.parse(localStorage.getItem(PREFIX + name));
      const additionalData = new TextEncoder().encode(name);
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv), additionalData }, key, bytes(sealed));
      return { name, ...JSON.parse(new TextDecoder().decode(plain)) };
    } catch { return null; }
  };
  const remove = (name) => localStorage.removeItem(PREFIX + name);

  const element = (tag, content, properties = {}) => Object.assign(document.createElement(tag), { textContent: content, ...properties });
  const showNotice = (form, ...content) => {
    const notice = form.querySelector(":scope > .nr-unsent") || form.querySelector(":scope > .nr-buttons").insertAdjacentElement("beforebegin", element("p", "", { className: "nr-notice nr-unsent" }));
    notice.setAttribute("role", "alert");
    notice.replaceChildren(...content);
  };

  // Why the form cannot be submitted now; nothing if it can. A new token replaces an expired one.
  const findProblem = async (form) => {
    let response;
    try {
      const address = `${form.dataset.check}?form=${encodeURIComponent(form.dataset.path)}`;
      response = await fetch(address, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10000) });
    } catch { return ["The newsroom cannot be reached. Nothing was sent, and what you typed is kept. Try again once you are online."]; }
    if (response.type === "opaqueredirect") {
      return ["Your session has ended. Nothing was sent, and what you typed is kept. ", element("a", "Sign in in a new tab", { href: "/admin/", target: "_blank", rel: "noopener" }), ", then press the button here again."];
    }
    if (!response.ok) return ["The newsroom could not answer. Nothing was sent, and what you typed is kept. Try again."];
    const { id, token } = await response.json();
    if (id !== form.dataset.draft) return ["Somebody else has signed in on this device. Nothing was sent. Sign in as yourself in another tab, then press the button here again."];
    form.elements.csrfmiddlewaretoken.value = token;
    return null;
  };

  const offerDrafts = (form, drafts, restore) => {
    const box = element("section", "", { className: "nr-notice nr-draft" });
    box.setAttribute("aria-label", "Draft");
    for (const draft of drafts) {
      const stale = draft.version !== (form.elements.expected_version?.value ?? "");
      const line = element("p", `You typed something here on ${formatTime(draft.at)} that was not saved.${stale ? " This has changed since then; you see both versions before anything is replaced." : ""} `);
      const restoreButton = element("button", "Restore what you typed", { type: "button", className: "nr-button nr-plain nr-small" });
      const discardButton = element("button", "Discard", { type: "button", className: "nr-button nr-plain nr-small" });
      const close = (focused) => { line.remove(); if (!box.children.length) box.remove(); focused.focus(); };
      const firstField = () => form.querySelector(".nr-field :is(input, textarea, select)");
      restoreButton.addEventListener("click", () => { restore(draft); close(firstField()); });
      discardButton.addEventListener("click", () => { remove(draft.name); close(firstField()); });
      line.append(restoreButton, " ", discardButton);
      box.append(line);
    }
    form.prepend(box);
  };

  // Save drafts of this form from now on. `submit` replaces the browser's own submission.
  const attach = async (form, submit = () => form.submit()) => {
    const input = form.elements._draft, wasSubmitted = Boolean(input.value);
    const name = (input.value ||= `${form.dataset.draft}.${Math.random().toString(36).slice(2).padEnd(8, "0").slice(0, 8)}`);
    const initial = JSON.stringify(readValues(form).values);
    const key = window.crypto?.subtle ? await importKey(form) : null; // browsers have none over plain HTTP
    let timer, dirty = wasSubmitted, leaving = false, busy = false;
    const save = async () => {
      clearTimeout(timer);
      if (!key) return;
      const draft = { at: Date.now(), version: form.elements.expected_version?.value ?? "", seen: form.elements._seen?.value, ...readValues(form) };
      const encrypted = await encrypt(key, name, draft);
      try { if (dirty) localStorage.setItem(PREFIX + name, encrypted); } catch { /* the device is full */ }
    };
    const scheduleSave = (event) => {
      if (event.target.closest?.(".nr-draft")) return;
      dirty = wasSubmitted || JSON.stringify(readValues(form).values) !== initial;
      clearTimeout(timer);
      timer = dirty ? setTimeout(save, DELAY) : remove(name);
    };
    form.addEventListener("input", scheduleSave);
    form.addEventListener("change", scheduleSave);
    if (window.django?.jQuery) django.jQuery(form).on("select2:select select2:unselect", scheduleSave);
    document.addEventListener("visibilitychange", () => { if (document.hidden && dirty) save(); });
    window.addEventListener("pageshow", () => { leaving = busy = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty && !leaving && form.isConnected) event.preventDefault(); });
    document.addEventListener("submit", (event) => { if (event.target === form) leaving = true; }, { capture: true });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      if (dirty) await save();
      const problem = await findProblem(form);
      if (problem) showNotice(form, ...problem);
      else await submit();
      if (problem || !form.isConnected) leaving = busy = false;
      if (problem) delete form.dataset.sent;
    });
    form.addEventListener("discard", () => { dirty = false; clearTimeout(timer); remove(name); });
    if (wasSubmitted) return save();
    if (!key) return;
    const names = Object.keys(localStorage).filter((item) => item.startsWith(`${PREFIX}${form.dataset.draft}.`)).map((item) => item.slice(PREFIX.length));
    const drafts = (await Promise.all(names.filter((other) => other !== name).map((other) => decrypt(key, other)))).filter((draft) => draft && JSON.stringify(draft.values) !== initial);
    if (drafts.length) offerDrafts(form, drafts.sort((one, other) => other.at - one.at), (draft) => {
      writeValues(form, draft);
      // Against the version that was shown then: if it has changed, the newsroom shows both.
      if (form.elements.expected_version) form.elements.expected_version.value = draft.version;
      if (form.elements._seen) form.elements._seen.value = draft.seen;
      dirty = true;
      remove(draft.name);
      save();
    });
  };

  return { attach, remove };
})();
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-draft]").forEach((form) => drafts.attach(form)));
