/** What is said when a camera, a microphone or a screen cannot be used, and what the person can do. */

import { _ } from "../i18n.js";

/** @typedef {import("../transport/devices.js").Trouble} Trouble */
/** @typedef {import("../transport/devices.js").Troubles} Troubles */

/**
 * @param {Troubles} troubles
 * @returns {{headline: string, words: string} | null} null when all is well
 */
export function deviceWords({ camera, microphone }) {
  if (camera && camera === microphone) return both(camera);
  if (camera) return cameraWords(camera);
  return microphone ? microphoneWords(microphone) : null;
}

/** @param {Trouble} trouble */
function both(trouble) {
  const headlines = {
    insecure: _("The browser keeps camera and microphone closed on this address"),
    refused: _("Camera and microphone are blocked for this page"),
    missing: _("No camera and no microphone found"),
    busy: _("Camera and microphone are used by another program"),
    failed: _("Camera and microphone did not start"),
  };
  return { headline: headlines[trouble], words: advice(trouble) };
}

/** @param {Trouble} trouble */
function cameraWords(trouble) {
  const headlines = {
    insecure: _("The browser keeps the camera closed on this address"),
    refused: _("The camera is blocked for this page"),
    missing: _("No camera found"),
    busy: _("The camera is used by another program"),
    failed: _("The camera did not start"),
  };
  return { headline: headlines[trouble], words: advice(trouble) };
}

/** @param {Trouble} trouble */
function microphoneWords(trouble) {
  const headlines = {
    insecure: _("The browser keeps the microphone closed on this address"),
    refused: _("The microphone is blocked for this page"),
    missing: _("No microphone found"),
    busy: _("The microphone is used by another program"),
    failed: _("The microphone did not start"),
  };
  return { headline: headlines[trouble], words: advice(trouble) };
}

/** @param {Trouble} trouble */
function advice(trouble) {
  const words = {
    insecure: _("Open this page by its https address; browsers allow devices only there."),
    refused: _("Click the sign beside the address of the page, choose Allow, then try again. If it stays so, allow the browser in the privacy settings of your system."),
    missing: _("Plug one in: it is found by itself. Everything else on this page works without it."),
    busy: _("Close the other program or tab that uses it, then try again."),
    failed: _("Unplug it and plug it in again, or choose another one, then try again."),
  };
  return words[trouble];
}
