export { default as Hls, ErrorDetails, ErrorTypes, Events } from "hls.js";
export type { ErrorData } from "hls.js";
