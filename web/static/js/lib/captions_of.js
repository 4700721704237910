// The captions of a show that are there already.

/**
 * Fetch them; rejects when they cannot be had now.
 * @param {string} show @param {string} language @returns {Promise<import("../transport/protocol.js").Cue[]>}
 */
export async function captionsOf(show, language) {
  const response = await fetch(`/shows/${show}/captions/${language}.json`);
  if (!response.ok) throw new Error(`captions: ${response.status}`);
  return (await response.json()).cues;
}
