/**
 * What the staff's screens hear over their sockets, version 1; docs/protocol.md is their meaning.
 *
 * @typedef {import("./protocol.js").Call} Call
 * @typedef {import("./protocol.js").Post} Post
 * @typedef {import("./protocol.js").Product} Product
 * @typedef {import("./protocol.js").Show} Show
 * @typedef {import("./protocol.js").Attendant} Attendant
 * @typedef {import("./protocol.js").Visitor} Visitor
 * @typedef {"good" | "fair" | "poor"} Word
 * @typedef {{kbps: number, lost: number, width: number | null, height: number | null, quality: Word}} Sending
 * @typedef {{state: "recording" | "stopped" | "off", since: number, reason: string, has_hls: boolean}} Recording
 * @typedef {{room: {id: string, company: string}, show: Show | null, viewers: number, pinned: Product | null,
 *   products: Product[], posts: Post[], duty: Attendant[], on_duty: boolean, calls: Call[], sending: Sending | null,
 *   recording: Recording, rehearsal: Rehearsal | null, visitors: Visitor[], now: number}} BoothSnapshot
 * @typedef {{by: string, has_picture: boolean}} Rehearsal
 *
 * @typedef {{name: string, company: string, country: string, role: string}} Party
 * @typedef {{microphone: boolean, camera: boolean, screen: boolean}} Devices
 * @typedef {"hung_up" | "other_gone" | "elsewhere"} EndReason
 * @typedef {{call: Call, me: {id: string, name: string, company: string, role: string}, other: Party,
 *   other_present: boolean, polite: boolean, posts: Post[], product: Product | null, ice_servers: RTCIceServer[],
 *   now: number, seat: string, media_ticket: string, gathering: Gathering}} MeetingSnapshot
 *
 * @typedef {{id: string, kind: "buyer" | "staff" | "colleague" | "interpreter", name: string, company: string,
 *   is_here: boolean, is_invited: boolean, speaks_to: "buyer" | "staff" | "both"}} Seat
 * @typedef {{can_record: boolean, state: "off" | "asked" | "agreed", agreed: string[], asked_by: string,
 *   is_recording: boolean, stopped: string}} Consent
 * @typedef {{id: string, name: string, size: number, is_picture: boolean, sent_by: string, sent_at: number,
 *   url: string}} CallFile
 * @typedef {{name: string, text: string, at: number}} Note
 * @typedef {{way: "direct" | "relay", seats: Seat[], consent: Consent, files: CallFile[], notes: Note[],
 *   frozen: string | null}} Gathering
 */

export {};
