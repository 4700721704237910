/** What the server says when it does not give something: status, stable code and sentence. */

const ASK_MS = 5000;

/**
 * `status` is 0 when no answer came, `code` and `detail` are empty where the answer was no refusal.
 * @typedef {{status: number, code: string, detail: string, retryAfterSeconds: number}} Problem
 */

/** @param {string} url @param {"GET" | "HEAD"} [method] @returns {Promise<Problem>} */
export async function problemAt(url, method = "GET") {
  try {
    const response = await fetch(url, { method, signal: AbortSignal.timeout(ASK_MS), headers: { Accept: "*/*, application/problem+json" } });
    const body = response.ok ? {} : await response.json().catch(() => ({}));
    const retryAfterSeconds = Number(response.headers.get("Retry-After")) || 0;
    return { status: response.status, code: body.code ?? "", detail: body.detail ?? "", retryAfterSeconds };
  } catch {
    return { status: 0, code: "", detail: "", retryAfterSeconds: 0 };
  }
}
