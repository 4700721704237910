/** Cameras, microphones and screens of this machine: opening them, and what it means when that fails. */

/**
 * insecure: the page came without TLS. refused: by the person or the system. missing: there is none.
 * busy: another program has it. failed: anything else.
 * @typedef {"insecure" | "refused" | "missing" | "busy" | "failed"} Trouble
 * @typedef {"camera" | "microphone"} DeviceKind
 * @typedef {{camera?: Trouble, microphone?: Trouble}} Troubles
 * @typedef {{camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null, troubles: Troubles}} Opened
 * @typedef {{id: string, label: string}} Device
 */

/** @type {Record<string, Trouble>} */
const TROUBLE = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  PermissionDeniedError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** How large a picture is asked for: a show is looked at in full, a call has two pictures to encode at once. */
export const SHOW_SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
export const CALL_SIZE = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 25 } };

/**
 * Open what is wanted; what cannot be had is null and has its trouble, the rest still works.
 * @param {Partial<Record<DeviceKind, string>>} wanted the device of each kind that is wanted, "" for any, which it also is where that one is gone
 * @param {MediaTrackConstraints} size of the picture
 * @returns {Promise<Opened>}
 */
export async function openDevices(wanted, size) {
  const kinds = /** @type {DeviceKind[]} */ (Object.keys(wanted));
  /** @type {Opened} */
  const opened = { camera: null, microphone: null, troubles: {} };
  if (!canAsk()) {
    for (const kind of kinds) opened.troubles[kind] = "insecure";
    return opened;
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints(wanted, size));
    opened.camera = stream.getVideoTracks()[0] ?? null;
    opened.microphone = stream.getAudioTracks()[0] ?? null;
  } catch (error) {
    const [first, second] = kinds;
    if (first && second) {
      return joined(await openDevices({ [first]: wanted[first] }, size), await openDevices({ [second]: wanted[second] }, size));
    }
    if (first && wanted[first] && troubleOf(error) === "missing") return openDevices({ [first]: "" }, size);
    if (first) opened.troubles[first] = troubleOf(error);
  }
  return opened;
}

/**
 * Ask for a screen, a window or a tab; null when the person changed their mind.
 * @returns {Promise<MediaStreamTrack | null>}
 */
export async function openScreen() {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: false });
    const track = stream.getVideoTracks()[0] ?? null;
    if (track) track.contentHint = "detail";
    return track;
  } catch (error) {
    if (troubleOf(error) === "refused") return null;
    throw error;
  }
}

/** @returns {boolean} whether this browser can share a screen; phones mostly cannot */
export function canShareScreen() {
  return canAsk() && "getDisplayMedia" in navigator.mediaDevices;
}

/** @returns {Promise<Record<DeviceKind, Device[]>>} names are empty until a device was allowed once */
export async function listDevices() {
  const found = canAsk() ? await navigator.mediaDevices.enumerateDevices() : [];
  /** @param {string} kind */
  const of = (kind) =>
    found.filter((device) => device.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { camera: of("videoinput"), microphone: of("audioinput") };
}

/** @param {() => void} fn called when something is plugged in or pulled out */
export function onDevicesChange(fn) {
  if (canAsk()) navigator.mediaDevices.addEventListener("devicechange", fn);
}

/**
 * Whether a device can be opened without a question to the person.
 * @param {DeviceKind} kind
 */
export async function isGranted(kind) {
  if (!navigator.permissions) return false;
  const name = /** @type {PermissionName} */ (kind);
  const status = await navigator.permissions.query({ name }).catch(() => null); // not every browser knows the names
  return status?.state === "granted";
}

/** Browsers hide all devices from pages that came without TLS, localhost excepted. */
function canAsk() {
  return Boolean(navigator.mediaDevices);
}

/** @param {Partial<Record<DeviceKind, string>>} wanted @param {MediaTrackConstraints} size @returns {MediaStreamConstraints} */
function constraints({ camera, microphone }, size) {
  return {
    video: camera === undefined ? false : { ...size, ...chosen(camera) },
    audio: microphone === undefined ? false : { ...chosen(microphone) },
  };
}

/** Exactly the one that was chosen: an ideal one gives way to another of which the size fits better.
 * @param {string} id @returns {MediaTrackConstraints} */
function chosen(id) {
  return id ? { deviceId: { exact: id } } : {};
}

/** @param {unknown} error @returns {Trouble} */
function troubleOf(error) {
  return (error instanceof Error && TROUBLE[error.name]) || "failed";
}

/** @param {Opened} one @param {Opened} other @returns {Opened} */
function joined(one, other) {
  return {
    camera: one.camera ?? other.camera,
    microphone: one.microphone ?? other.microphone,
    troubles: { ...one.troubles, ...other.troubles },
  };
}
