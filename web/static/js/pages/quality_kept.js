/** What a viewer chose under "Quality": kept for the visit, and known before the first session begins. */

/** @typedef {import("../transport/layers.js").Choice} Choice */

const SLOT = "quality";
const AUTOMATIC = "automatic";

/** @param {Choice} choice */
export function keepQuality(choice) {
  sessionStorage.setItem(SLOT, choice === null ? AUTOMATIC : String(choice));
}

/** @returns {Choice} what was chosen on this visit; else the smallest for whoever saves data, and what fits for others */
export function keptQuality() {
  const kept = sessionStorage.getItem(SLOT);
  const { connection } = /** @type {Navigator & {connection?: {saveData?: boolean}}} */ (navigator);
  if (kept === null) return connection?.saveData ? 0 : null;
  if (kept === "sound") return kept;
  return kept === AUTOMATIC ? null : Number(kept);
}
