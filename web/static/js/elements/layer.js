/** One of the pictures that lie on the stage over each other: a `<video>`, and when its last frame came. */

export class Layer {
  /** @param {HTMLVideoElement} video @param {() => void} onFrame */
  constructor(video, onFrame) {
    this.video = video;
    this.lastFrame = 0;
    this.hasPicture = false;
    this._onFrame = onFrame;
    this._watch();
  }

  /** @returns {number} milliseconds since the last frame; a hidden page and a picture that is held are given the benefit of the doubt */
  get stillMs() {
    return document.hidden || this.isHeld ? 0 : performance.now() - this.lastFrame;
  }

  /** @returns {boolean} whether the viewer has stopped the picture, or it has come to its end */
  get isHeld() {
    return this.hasPicture && this.video.paused;
  }

  /** What was seen belongs to something else: wait for the first frame anew. */
  forget() {
    this.hasPicture = false;
  }

  _watch() {
    const frame = () => {
      this.lastFrame = performance.now();
      this.hasPicture = true;
      this._onFrame();
      this.video.requestVideoFrameCallback(frame);
    };
    this.video.requestVideoFrameCallback(frame);
  }
}
