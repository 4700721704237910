/** Keys of requests: what is sent again with its key is done once. */

/** @returns {string} a key that nobody has had */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // `randomUUID` exists on secure addresses only
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
