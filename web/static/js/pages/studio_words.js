/** What the studio says about being on the air, as tables of sentences. */

import { _ } from "../i18n.js";

/**
 * `air` is the state of this page's own publishing while it is on, else that of the room's show.
 * @typedef {{air: string, isOn: boolean, isRehearsal: boolean, anchor: string, isMine: boolean, hasPicture: boolean, hasSound: boolean, isMuted: boolean,
 *   mayPublish: boolean, refusal: import("../lib/refusal.js").Refusal | null, wasTakenOver: boolean}} Situation
 */

/** @param {Situation} situation */
export function airWords({ air, isRehearsal }) {
  if (isRehearsal && air !== "lost") return _("Rehearsing");
  const words = {
    off: _("Off air"),
    live: _("On air"),
    away: _("Picture interrupted"),
    connecting: _("Going on air"),
    sending: _("On air"),
    lost: _("Reconnecting"),
  };
  return words[/** @type {"off"} */ (air)] ?? words.off;
}

/** @param {Situation} situation */
export function airAdvice(situation) {
  const { refusal, wasTakenOver, isOn, air, mayPublish } = situation;
  if (refusal) return refusalWords(refusal, situation);
  if (wasTakenOver) return _("The show now comes from another place: this page has stopped sending.");
  if (situation.isRehearsal && air !== "lost") return _("You are not on air: this is a rehearsal.");
  if (isOn) return sendingAdvice(situation);
  if (air === "live") return othersAdvice(situation);
  if (!mayPublish) return "";
  if (air === "away") return _("The audience sees “Back in a moment”. Go on, or end the show.");
  if (!situation.hasPicture) return _("To go live, turn on a camera or share your screen.");
  return situation.hasSound ? _("You are not on air. Only you see this picture.") : _("There is no microphone: the show would be without sound.");
}

/** @param {Situation} situation */
function sendingAdvice({ air, hasPicture, hasSound, isMuted }) {
  if (air === "lost") return _("The connection broke. The audience waits while this page reconnects by itself.");
  if (air === "connecting") return _("The picture is on its way.");
  if (!hasPicture) return _("No picture goes out: choose a camera or share your screen.");
  if (!hasSound) return _("The audience sees you and hears nothing: there is no microphone.");
  return isMuted ? _("The audience sees you and does not hear you: you are muted.") : _("The audience sees and hears you.");
}

/** @param {Situation} situation */
function othersAdvice({ anchor, isMine, mayPublish }) {
  if (isMine) return _("You are on camera from another window or device.");
  return mayPublish
    ? _("{name} is on camera. You assist: answer calls, pin products, write in the chat.", { name: anchor })
    : _("{name} is on camera.", { name: anchor });
}

/** @param {import("../lib/refusal.js").Refusal} refusal @param {Situation} situation */
function refusalWords({ code, message }, { anchor }) {
  if (code === "already_publishing") {
    return anchor
      ? _("{name} is on camera already. Two cannot send at once: wait until {name} ends.", { name: anchor })
      : _("Somebody is on camera already. Two cannot send at once: wait until they end.");
  }
  if (code === "sign_in" || code === "csrf") return _("You are signed out. Reload the page and sign in again.");
  return message || _("The server did not take the picture. Reload the page and try again.");
}

/** @param {{quality: string, limit?: string}} sending */
export function sendingWords({ quality, limit }) {
  if (quality === "good") return _("Picture goes out well");
  if (limit === "cpu") return _("This computer is at its limit");
  return quality === "fair" ? _("Picture is fair: slow connection") : _("Picture is poor: connection breaks up");
}
