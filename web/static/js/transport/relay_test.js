/** Tries each way media may take before a call begins, and says which of them is closed. Knows no page. */

/**
 * @typedef {"fair" | "udp" | "tcp" | "tls"} Leg
 * @typedef {{leg: Leg, url: string, server: RTCIceServer}} TurnLeg
 * @typedef {{leg: Leg, isOpen: boolean, by: string}} LegResult `by` is the protocol the fair's own server was reached with
 */

const GATHER_MS = 6000;
const CONNECT_MS = 8000;
const LOOK_MS = 250;

/** Each way that these servers offer, once.  @param {RTCIceServer[]} servers @returns {TurnLeg[]} */
export function legsOf(servers) {
  /** @type {Map<Leg, TurnLeg>} */
  const legs = new Map();
  for (const server of servers) {
    for (const url of [server.urls].flat()) {
      const [scheme, rest = ""] = split(url);
      const [place, query = ""] = rest.split("?");
      const asked = new URLSearchParams(query).get("transport");
      if (scheme === "turns") add(legs, "tls", `turns:${place}?transport=tcp`, server);
      if (scheme === "turn" && asked !== "tcp") add(legs, "udp", `turn:${place}?transport=udp`, server);
      if (scheme === "turn" && asked !== "udp") add(legs, "tcp", `turn:${place}?transport=tcp`, server);
    }
  }
  return [...legs.values()];
}

/** The servers as they are reached by one leg alone: none where none of them has it.  @param {RTCIceServer[]} servers @param {string} leg @returns {RTCIceServer[]} */
export function byLeg(servers, leg) {
  return legsOf(servers).filter((found) => found.leg === leg).map(({ url, server }) => ({ ...server, urls: url }));
}

/** @param {TurnLeg} turn @returns {Promise<LegResult>} */
export async function tryTurn({ leg, url, server }) {
  const connection = new RTCPeerConnection({ iceServers: [{ ...server, urls: url }], iceTransportPolicy: "relay" });
  try {
    connection.createDataChannel("test");
    const found = within(GATHER_MS, new Promise((resolve) => {
      connection.onicecandidate = ({ candidate }) => candidate === null ? resolve(false) : candidate.candidate && resolve(true);
    }));
    await connection.setLocalDescription();
    return { leg, isOpen: (await found) === true, by: leg };
  } catch {
    return { leg, isOpen: false, by: leg };
  } finally {
    connection.close();
  }
}

/**
 * The way to the fair's own server, which carries calls of more than two: a session that sends nothing.
 * @param {(offer: string) => Promise<{session: string, sdp: string}>} post @param {(session: string) => void} end
 * @returns {Promise<LegResult>}
 */
export async function tryFair(post, end) {
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  let session = "";
  try {
    connection.addTransceiver("audio", { direction: "sendonly" });
    connection.addTransceiver("video", { direction: "sendonly" });
    const reached = within(CONNECT_MS, new Promise((resolve) => {
      connection.onconnectionstatechange = () => connection.connectionState === "connected" && resolve(true);
    }));
    await connection.setLocalDescription();
    const answer = await post(connection.localDescription?.sdp ?? "");
    session = answer.session;
    await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    const isOpen = (await reached) === true;
    return { leg: "fair", isOpen, by: isOpen ? await protocolOf(connection) : "" };
  } catch {
    return { leg: "fair", isOpen: false, by: "" };
  } finally {
    connection.close();
    if (session) end(session);
  }
}

/**
 * The same way where the call goes by it already: a session that tries it would take the place of the one that carries it.
 * @param {() => RTCPeerConnection | null} carrier what carries it now, while it is being made too
 * @returns {Promise<LegResult>}
 */
export async function watchFair(carrier) {
  for (let waited = 0; waited < CONNECT_MS; waited += LOOK_MS) {
    const connection = carrier();
    if (connection?.connectionState === "connected") return { leg: "fair", isOpen: true, by: await protocolOf(connection) };
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return { leg: "fair", isOpen: false, by: "" };
}

/** @param {RTCPeerConnection} connection */
async function protocolOf(connection) {
  const stats = await connection.getStats();
  let by = "udp";
  stats.forEach((/** @type {any} */ report) => {
    if (report.type !== "candidate-pair" || !report.nominated) return;
    by = stats.get(report.localCandidateId)?.protocol ?? by;
  });
  return by;
}

/** @param {string} url */
function split(url) {
  const at = url.indexOf(":");
  return [url.slice(0, at), url.slice(at + 1)];
}

/** @param {Map<Leg, TurnLeg>} legs @param {Leg} leg @param {string} url @param {RTCIceServer} server */
function add(legs, leg, url, server) {
  if (!legs.has(leg)) legs.set(leg, { leg, url, server });
}

/** @template T @param {number} ms @param {Promise<T>} work @returns {Promise<T | null>} */
function within(ms, work) {
  return Promise.race([work, new Promise((resolve) => setTimeout(() => resolve(null), ms))]);
}
