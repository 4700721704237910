// Refreshes what the browser runs that is not ours: `npm ci && npm run vendor`.
//
// Reads the packages that package.json pins, bundles each to one ES module under web/static/vendor, draws the
// icons into one sprite, and writes a manifest with versions, licences and digests, which a test compares.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const VENDOR = "web/static/vendor";
const SPRITE = "web/static/icons.svg";

/** The modules of each library that we use, in one file each. */
const BUNDLES = {
  "hls.js": {
    package: "hls.js",
    source: `export { default as Hls, ErrorDetails, ErrorTypes, Events } from "hls.js";`,
  },
  "lit.js": {
    package: "lit",
    source: `export * from "lit";
             export { classMap } from "lit/directives/class-map.js";
             export { ifDefined } from "lit/directives/if-defined.js";
             export { live } from "lit/directives/live.js";
             export { ref, createRef } from "lit/directives/ref.js";
             export { repeat } from "lit/directives/repeat.js";`,
  },
  "socket.io.js": {
    package: "socket.io-client",
    source: `export { io, Manager, Socket } from "socket.io-client";`,
  },
};

/** The icons that pages and scripts name, from one set. */
const ICONS = [
  "arrow-left", "arrow-right", "arrow-up-right", "badge-check", "bell", "bell-off", "bell-ring", "building-2",
  "calendar", "camera", "camera-off", "captions", "chart-column", "check", "chevron-down", "chevron-left",
  "chevron-right", "chevron-up", "circle-alert", "circle-check", "circle-dot", "circle-help", "circle-x",
  "clapperboard", "clock", "copy", "download", "ellipsis", "expand", "external-link", "eye", "eye-off", "file-text",
  "film", "gauge", "globe", "hand", "hard-drive", "headphones", "history", "hourglass", "house", "image", "info",
  "key-round", "languages", "layout-grid", "link", "list", "list-filter", "loader-circle", "lock", "log-in", "log-out",
  "map-pin", "maximize", "menu", "message-circle", "message-square", "mic", "mic-off", "minimize", "minus", "monitor",
  "monitor-off", "monitor-up", "moon", "move", "package", "panel-right", "pause", "pencil", "phone", "phone-call",
  "phone-forwarded", "phone-incoming", "phone-missed", "phone-off", "picture-in-picture-2", "pin", "pin-off", "play",
  "plus", "presentation", "radio", "refresh-cw", "rotate-ccw", "search", "send", "settings", "share-2", "shield-check",
  "signal", "signal-high", "signal-low", "signal-medium", "signal-zero", "skip-forward", "sliders-horizontal", "square",
  "store", "sun", "switch-camera", "tag", "timer", "trash-2", "triangle-alert", "upload", "user", "user-check", "user-plus",
  "users", "users-round", "video", "video-off", "volume-1", "volume-2", "volume-x", "wifi", "wifi-off", "x",
];

/** @param {string | Buffer} bytes */
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** @param {string} name */
async function described(name) {
  const about = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
  return { package: name, version: about.version, licence: about.license };
}

/** @param {string} source */
async function bundled(source) {
  const built = await build({
    stdin: { contents: source, resolveDir: "." },
    bundle: true, minify: true, write: false, format: "esm", target: "es2022", platform: "browser",
    legalComments: "none", define: { "process.env.NODE_ENV": '"production"' },
  });
  return built.outputFiles[0].text;
}

async function sprite() {
  const symbols = await Promise.all(ICONS.map(async (name) => {
    const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/** @param {string} path @param {string} text */
async function keep(path, text) {
  await writeFile(path, text);
  return { file: path.slice("web/static/".length), sha256: digest(text) };
}

await mkdir(`${VENDOR}/licences`, { recursive: true });
const manifest = [];
for (const [file, { package: name, source }] of Object.entries(BUNDLES)) {
  manifest.push({ ...(await described(name)), ...(await keep(`${VENDOR}/${file}`, await bundled(source))) });
}
manifest.push({ ...(await described("lucide-static")), ...(await keep(SPRITE, await sprite())) });
for (const { package: name } of manifest) {
  await writeFile(`${VENDOR}/licences/${name}.txt`, await readFile(`node_modules/${name}/LICENSE`, "utf8"));
}
await writeFile(`${VENDOR}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
