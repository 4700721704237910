// Pictures that somebody chose, made small enough to be shown on pages.

const MOST_PIXELS = 1600;

/**
 * Return the picture at most 1600 pixels across, without what a camera wrote into it; as it is when it cannot be read.
 * @param {Blob} file @returns {Promise<Blob>}
 */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  // A browser that makes no WebP gives PNG instead.
  const made = await new Promise((done) => canvas.toBlob(done, "image/webp", 0.85));
  return made ?? file;
}
