"""A camera that films a clock, and eyes that read it: how long a picture takes from the one to the other.

The clock is drawn as thirty-two black or white fields, so that it survives any encoder.
"""

from __future__ import annotations

FILM_A_CLOCK = """
(() => {
  const WIDTH = 960, HEIGHT = 540, FIELD = 60;
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH; canvas.height = HEIGHT;
  const pen = canvas.getContext('2d');
  let turn = 0;
  const draw = () => {
    turn += 1;
    pen.fillStyle = `hsl(${turn % 360} 60% 40%)`;
    pen.fillRect(0, 120, WIDTH, HEIGHT - 120);
    pen.fillStyle = 'white';
    pen.fillRect((turn * 7) % WIDTH, 200, 120, 120);
    const now = Date.now() >>> 0;
    for (let bit = 0; bit < 32; bit += 1) {
      pen.fillStyle = now & (1 << bit) ? 'white' : 'black';
      pen.fillRect((bit % 16) * FIELD, Math.floor(bit / 16) * FIELD, FIELD, FIELD);
    }
  };
  setInterval(draw, 1000 / 30);
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    for (const track of stream.getVideoTracks()) {
      track.stop();
      stream.removeTrack(track);
      stream.addTrack(canvas.captureStream(30).getVideoTracks()[0]);
    }
    return stream;
  };
})();
"""
"""Runs before the scripts of a page: its camera shows the clock of the machine, in milliseconds."""

READ_THE_CLOCK = """
([selector, milliseconds]) => new Promise((resolve) => {
  const video = document.querySelector(selector);
  const canvas = document.createElement('canvas');
  canvas.width = 16; canvas.height = 2;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const delays = [], gaps = [];
  let last = null;
  const until = performance.now() + milliseconds;
  const step = (now, frame) => {
    const across = frame.width / 16, down = frame.height / 9;
    for (let row = 0; row < 2; row += 1) {
      // the middle of each field, so that a soft edge does no harm
      for (let column = 0; column < 16; column += 1) {
        const left = (column + 0.4) * across, top = (row + 0.4) * down;
        pen.drawImage(video, left, top, across / 5, down / 5, column, row, 1, 1);
      }
    }
    const shades = pen.getImageData(0, 0, 16, 2).data;
    let clock = 0;
    for (let bit = 0; bit < 32; bit += 1) if (shades[bit * 4] > 127) clock |= 1 << bit;
    const shown = (performance.timeOrigin + frame.expectedDisplayTime) % 2 ** 32;
    delays.push(shown - (clock >>> 0));
    if (last !== null) gaps.push(frame.presentationTime - last);
    last = frame.presentationTime;
    if (now < until) video.requestVideoFrameCallback(step); else resolve({delays, gaps});
  };
  video.requestVideoFrameCallback(step);
})
"""
"""Returns, of each frame on the screen, its age and its distance from the one before, in milliseconds."""
