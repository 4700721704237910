/** The button that takes a still, in the room and in the studio: the server takes it, the person gets a link. */

import { _ } from "../i18n.js";
import { postJson } from "../lib/request.js";

/** @typedef {import("../transport/protocol.js").Still} Still */

/**
 * @param {HTMLElement | null} button absent for those who may not
 * @param {string} room
 * @param {import("../elements/notices.js").FairNotices} notices
 * @param {(still: Still) => void} [onTaken]
 */
export function bindStillButton(button, room, notices, onTaken = () => {}) {
  button?.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      const { still } = await postJson(`/api/rooms/${room}/stills`);
      notices.say(_("The still is taken and sealed."), { kind: "ok", link: { href: still.url, text: _("Open it") } });
      onTaken(still);
    } catch (error) {
      notices.say(error instanceof Error ? error.message : String(error), { kind: "danger" });
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}
