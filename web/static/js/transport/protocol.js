/**
 * The shapes that travel over the sockets, version 1; docs/protocol.md is their meaning.
 * Times are Unix seconds by the server's clock.
 *
 * @typedef {{id: string, state: "live" | "away", anchor: string, started_at: number, product_id: string | null,
 *   title: string, is_film: boolean, film: {recording: string, seconds: number, pieces: [number, number][], url: string} | null}} Show
 * @typedef {{id: string, title: string, summary: string, price_from: string | null, currency: string,
 *   minimum_order: number | null, unit: string, picture: string}} Product
 * @typedef {{id: string, author: string, company: string, role: "buyer" | "staff" | "organiser", text: string,
 *   at: number, mine?: boolean}} Post
 * @typedef {{id: string, name: string, is_busy: boolean}} Attendant
 * @typedef {"waiting" | "ringing" | "talking" | "declined" | "cancelled" | "missed" | "ended"} CallState
 * @typedef {{id: string, room: string, company: string, show_id: string | null, show_second: number | null,
 *   is_replay: boolean, show_started_at: number | null,
 *   product: Product | null, buyer: {id: string, name: string, company: string, country: string, language: string},
 *   state: CallState, requested_at: number, rings_until: number, answered_by: string | null, answered_by_id: string | null, now: number,
 *   meeting: string | null, stills: Still[], kind: "request" | "call_back" | "invitation" | "appointment", called_by: string | null, called_by_id: string | null,
 *   about: string | null, buyer_away: boolean, first: string[], passed: string[], has_left: boolean}} Call
 * @typedef {{call: string, room: string, position: number, wait_seconds: number | null}} Line
 * @typedef {{id: string, name: string, company: string, country: string, language: string, since: number,
 *   is_invited: boolean, has_refused: boolean}} Visitor
 * @typedef {"visible" | "here" | "hidden"} Visibility
 * @typedef {{begins_at: number, ends_at: number, is_now: boolean, language: string, is_spoken: boolean}} Promised
 * @typedef {{id: string, url: string, picture: string, show_second: number, taken_at: number}} Still
 * @typedef {{id: string, second: number, duration: number, text: string}} Cue
 * @typedef {{room: string, state: "live" | "away", viewers: number, started_at: number, product: Product | null,
 *   staffed: number, is_film: boolean}} LiveRoom
 * @typedef {{room: {id: string, company: string} | null, show: Show | null, viewers: number, pinned: Product | null,
 *   posts: Post[], duty: Attendant[], call: Call | null, me: {id: string, name: string, role: string},
 *   live?: LiveRoom[], reminders: Reminder[], calls: Call[], line: Line | null, visibility: Visibility | null,
 *   appointments: Appointment[], now: number}} HallSnapshot
 * @typedef {{id: string, room: string, company: string, state: string, stage: string, side: "buyer" | "staff",
 *   starts_at: number, minutes: number, staff: string, other: string, other_company: string, proposed_by: string,
 *   absent: string[], meeting: string | null, now: number}} Appointment
 * @typedef {{id: string, room: string, company: string, title: string, starts_at: number,
 *   stage: "ten_minutes" | "one_minute" | "begun", now: number}} Reminder
 */

/** The version of the protocol these scripts speak. */
export const VERSION = 1;
