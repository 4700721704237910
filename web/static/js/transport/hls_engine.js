/**
 * What turns a playlist into a picture: hls.js, loaded when it is needed, or the browser itself where there is no Media
 * Source to feed (Safari on old phones).
 */

import { GapSkipper } from "./hls_gaps.js";
import { VideoMeter } from "./video_meter.js";

/**
 * @typedef {import("./hls.js").HlsQuality} HlsQuality
 * @typedef {{secondsBehind: () => number | null, quality: () => HlsQuality, close: () => void}} HlsEngine
 * @typedef {{manner: import("./hls.js").HlsManner, from: number | null, onFailed: (why: string) => void,
 *   onOffered?: (offered: import("./hls_sizes.js").Offered) => void}} Wish
 * `onFailed` gets "unsupported" or "refused" where another try is of no use, else what happened; `onOffered` what may be chosen.
 * @typedef {import("../../vendor/hls.js").Hls} Hls
 * @typedef {NonNullable<Hls["config"]["pLoader"]>} PlaylistLoader
 * @typedef {Parameters<InstanceType<PlaylistLoader>["load"]>} Loading
 */

const NATIVE = "application/vnd.apple.mpegurl";

/** No worker and no TTML: the pages' policy allows neither. What the server encodes is begun with, without a test of the line. */
const COMMON = {
  enableWorker: false, enableIMSC1: false, subtitleDisplay: false, testBandwidth: false, startFragPrefetch: true, capLevelToPlayerSize: true,
};

/** Of a size that nobody has watched yet the server sends a playlist once it has something, which it gives itself 12 s for. */
const PATIENT = {
  playlistLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 15000, maxLoadTimeMs: 20000,
      timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry: { maxNumRetry: 2, retryDelayMs: 1000, maxRetryDelayMs: 8000 },
    },
  },
};

/** Two seconds behind what is sent, four at most; what was lost is made good so slowly that nobody hears it. */
const LOW_DELAY = {
  lowLatencyMode: true, liveSyncDuration: 2, liveMaxLatencyDuration: 4, maxLiveSyncPlaybackRate: 1.06,
  liveSyncOnStallIncrease: 0.25, backBufferLength: 8, maxBufferLength: 8,
};

/** Any second of a show that may still run: nothing pulls towards its edge. */
const WHOLE = {
  lowLatencyMode: false, maxLiveSyncPlaybackRate: 1, backBufferLength: 60, maxBufferLength: 20,
};

/** After so many repairs of the decoder in one try another will not help. */
const REPAIRS = 2;

/**
 * Begin to play `url` in `video`; resolves when loading has begun, rejects when hls.js itself cannot be loaded.
 * @param {HTMLVideoElement} video
 * @param {string} url
 * @param {Wish} wish
 * @returns {Promise<HlsEngine>}
 */
export async function openHls(video, url, wish) {
  if ("MediaSource" in globalThis || "ManagedMediaSource" in globalThis) return openWithHlsJs(video, url, wish);
  if (video.canPlayType(NATIVE)) return openNatively(video, url, wish);
  setTimeout(() => wish.onFailed("unsupported"));
  return new Closed();
}

/** @param {HTMLVideoElement} video @param {string} url @param {Wish} wish @returns {Promise<HlsEngine>} */
async function openWithHlsJs(video, url, wish) {
  const { Hls, Events } = await import("../../vendor/hls.js");
  if (!Hls.isSupported()) {
    setTimeout(() => wish.onFailed("unsupported"));
    return new Closed();
  }
  const manner = wish.manner === "whole" ? WHOLE : { ...LOW_DELAY, pLoader: withoutUpdates(Hls) };
  const hls = new Hls({ ...COMMON, ...PATIENT, ...manner, startPosition: wish.from ?? -1 });
  let repairs = 0;
  hls.on(Events.ERROR, (_event, error) => {
    if (!error.fatal) return;
    if (isDecoders(error) && repairs++ < REPAIRS) hls.recoverMediaError();
    else wish.onFailed(wordFor(error));
  });
  hls.on(Events.MANIFEST_PARSED, (_event, { levels, firstLevel }) => {
    keepOneSound(hls, levels, firstLevel);
    wish.onOffered?.(offeredBy(hls));
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return new HlsJs(hls, video, new GapSkipper(hls, video, Events.LEVEL_UPDATED));
}

/**
 * Return what loads playlists and lets hls.js ask for whole ones only, which are short where the newest seconds are listed: it loses
 * its place in updates of a size whose playlist begins before that of the first one it played.
 * @param {typeof import("../../vendor/hls.js").Hls} Hls
 * @returns {PlaylistLoader}
 */
function withoutUpdates({ DefaultConfig }) {
  const Loader = /** @type {PlaylistLoader} */ (/** @type {unknown} */ (DefaultConfig.loader)); // as hls.js itself takes it
  return class extends Loader {
    /** @param {Loading[0]} context @param {Loading[1]} config @param {Loading[2]} callbacks */
    load(context, config, callbacks) {
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, ...rest) => {
          if (typeof response.data === "string") response.data = response.data.replace(/CAN-SKIP-UNTIL=[\d.]+,?/, "");
          callbacks.onSuccess(response, ...rest);
        },
      });
    }
  };
}

/**
 * Leave the choice of a picture to hls.js, and none of a sound: it would try another at each gap, and hangs when the sound's codec
 * changes before anything was decoded. Of each picture our playlists list the cheapest sound first, and hls.js what this browser takes.
 * @param {Hls} hls
 * @param {Hls["levels"]} levels
 * @param {number} firstLevel the first in the playlist, which is the largest picture
 */
function keepOneSound(hls, levels, firstLevel) {
  if (new Set(levels.map(({ attrs }) => attrs.RESOLUTION)).size < 2) {
    hls.loadLevel = 0;
    return;
  }
  const sound = levels[firstLevel]?.attrs.AUDIO;
  for (let at = levels.length - 1; at >= 0; at--) {
    if (levels[at]?.attrs.AUDIO !== sound) hls.removeLevel(at);
  }
}

/** @param {Hls} hls @returns {import("./hls_sizes.js").Offered} */
function offeredBy(hls) {
  /** @type {Map<string, import("./layers.js").Size>} a picture is listed once with each sound */
  const pictures = new Map();
  for (const { uri, width, height, averageBitrate } of hls.levels) {
    if (height) pictures.set(uri, { encodingId: uri, width, height, kbps: averageBitrate / 1000 });
  }
  const sizes = [...pictures.values()].sort((one, other) => other.height - one.height);
  const sound = hls.levels.find(({ height }) => !height);
  return {
    sizes,
    hasSound: hls.allAudioTracks.length > 0 || sound !== undefined,
    soundKbps: (sound?.averageBitrate ?? 0) / 1000,
    prefer: (size) => {
      // What is loaded already is played: another size comes within seconds, and without a gap.
      if (sizes.length > 1) hls.loadLevel = hls.levels.findIndex(({ uri }) => uri === size?.encodingId);
    },
  };
}

/** @implements {HlsEngine} */
class HlsJs {
  /** @param {Hls} hls @param {HTMLVideoElement} video @param {GapSkipper} skipper */
  constructor(hls, video, skipper) {
    this._hls = hls;
    this._skipper = skipper;
    this._meter = new VideoMeter(video);
  }

  secondsBehind() {
    const now = this._hls.playingDate?.getTime();
    return now === undefined ? this._hls.latency || null : Math.max(0, (Date.now() - now) / 1000);
  }

  quality() {
    return { ...this._meter.read(this._hls.bandwidthEstimate / 1000), secondsBehind: this.secondsBehind() };
  }

  close() {
    this._skipper.close();
    this._meter.close();
    this._hls.destroy();
  }
}

/** @param {HTMLVideoElement} video @param {string} url @param {Wish} wish @returns {HlsEngine} */
function openNatively(video, url, { from, onFailed, onOffered }) {
  const stop = new AbortController();
  const failed = () => onFailed(video.error?.code === MediaError.MEDIA_ERR_DECODE ? "refused" : "no answer");
  video.addEventListener("error", failed, { signal: stop.signal });
  const begin = () => {
    if (from !== null) video.currentTime = from;
    onOffered?.({ sizes: [], hasSound: true, soundKbps: 0, prefer: () => {} }); // it keeps its sizes to itself
  };
  video.addEventListener("loadedmetadata", begin, { signal: stop.signal, once: true });
  video.src = url;
  return new Native(video, stop);
}

/** @implements {HlsEngine} */
class Native {
  /** @param {HTMLVideoElement} video @param {AbortController} stop */
  constructor(video, stop) {
    this._video = /** @type {HTMLVideoElement & {getStartDate?: () => Date}} */ (video);
    this._stop = stop;
    this._meter = new VideoMeter(video);
  }

  secondsBehind() {
    const began = this._video.getStartDate?.().getTime();
    return began ? Math.max(0, Date.now() / 1000 - began / 1000 - this._video.currentTime) : null;
  }

  quality() {
    return { ...this._meter.read(0), secondsBehind: this.secondsBehind() };
  }

  close() {
    this._meter.close();
    this._stop.abort();
    this._video.removeAttribute("src");
    this._video.load();
  }
}

/** @implements {HlsEngine} */
class Closed {
  secondsBehind() {
    return null;
  }

  /** @returns {HlsQuality} */
  quality() {
    throw new Error("nothing plays");
  }

  close() {}
}

/** @param {import("../../vendor/hls.js").ErrorData} error */
function isDecoders(error) {
  return error.type === "mediaError" && !error.details.startsWith("manifest") && !error.details.endsWith("CodecsError");
}

/** @param {import("../../vendor/hls.js").ErrorData} error @returns {string} */
function wordFor({ type, details }) {
  if (type === "mediaError" || type === "muxError" || details === "manifestIncompatibleCodecsError") return "refused";
  return details;
}
