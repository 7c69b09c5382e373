// Passkeys (WebAuthn): ask the browser for a passkey, write its response into the form, and submit it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withIds = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));
  const toJson = (credential, response) => JSON.stringify({
    id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });

  const getAssertion = async (options) => {
    const credential = await navigator.credentials.get({ publicKey: {
      ...options, challenge: toBytes(options.challenge), allowCredentials: withIds(options.allowCredentials),
    } });
    const { clientDataJSON, authenticatorData, signature } = credential.response;
    return toJson(credential, {
      clientDataJSON: toText(clientDataJSON), authenticatorData: toText(authenticatorData), signature: toText(signature),
    });
  };

  const createCredential = async (options) => {
    const credential = await navigator.credentials.create({ publicKey: {
      ...options, challenge: toBytes(options.challenge), user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withIds(options.excludeCredentials),
    } });
    const { clientDataJSON, attestationObject } = credential.response;
    return toJson(credential, { clientDataJSON: toText(clientDataJSON), attestationObject: toText(attestationObject) });
  };

  const status = document.querySelector("[data-passkey-status]");
  const showStatus = (text) => { if (status) status.textContent = text; };
  const attempt = async (work) => {
    if (!window.PublicKeyCredential) return showStatus("This browser cannot use passkeys.");
    showStatus("Follow your browser’s instructions.");
    try {
      await work();
      showStatus("");
    } catch (error) {
      if (error.name === "InvalidStateError") showStatus("This device is already registered. Choose another one.");
      else if (error.name === "SecurityError") showStatus("Passkeys do not work at this address. Open the newsroom at its usual address.");
      else showStatus("Cancelled or timed out. Press the button again.");
    }
  };

  document.querySelectorAll("[data-passkey-prove]").forEach((button) => button.addEventListener("click", () => {
    const field = document.querySelector("form input[name=assertion]");
    attempt(async () => {
      field.value = await getAssertion(JSON.parse(button.dataset.options));
      field.form.submit();
    });
  }));

  // A form with a passkey panel: use a passkey unless a code is entered, and create one if the form registers one.
  const panel = document.querySelector("[data-passkey-panel]");
  const assertion = document.querySelector("form input[name=assertion]");
  if (panel && assertion) {
    const form = assertion.form, { code, credential, name } = form.elements;
    const lacksProof = () => panel.dataset.proof && !assertion.value && !(code && code.value.trim());
    form.addEventListener("submit", (event) => {
      const creates = credential && panel.dataset.creation;
      if (!creates && !lacksProof()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (creates && !name.value.trim()) return name.focus();
      attempt(async () => {
        if (lacksProof()) assertion.value = await getAssertion(JSON.parse(panel.dataset.proof));
        if (creates) credential.value = await createCredential(JSON.parse(panel.dataset.creation));
        form.submit();
      });
    }, { capture: true });
  }
});
