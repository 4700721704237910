/** Notices that what is announced may have changed: when the server says so, and after it could not be heard. */

/** A page that waited for its conversation for longer than this may have missed something. */
const UNHEARD_SECONDS = 1;

/**
 * Call `redraw` whenever the programme may be another, within `spreadMs`, so that not everybody asks at once.
 * @param {import("../transport/conversation.js").Conversation} conversation
 * @param {number} drawnAt when the server drew the page, in Unix seconds by its clock
 * @param {() => void} redraw
 * @param {number} [spreadMs]
 */
export function followProgramme(conversation, drawnAt, redraw, spreadMs = 0) {
  const later = () => setTimeout(redraw, Math.random() * spreadMs);
  conversation.on("programme", later);
  conversation.on("snapshot", ({ now }) => now - drawnAt > UNHEARD_SECONDS && later());
}
