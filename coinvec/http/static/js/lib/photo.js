/** A photo on its way to a search: no larger than the search has use for. */

const LONGEST_SIDE = 2048; // The coin is cut out at 256 pixels: this leaves it an eighth of the picture.
const JPEG_QUALITY = 0.92;

/**
 * @typedef {object} Photo
 * @property {Blob} blob What is sent.
 * @property {string} name
 * @property {boolean} shown Whether this browser can show it; a HEIC often it cannot.
 */

/**
 * Makes a photo ready: upright, at most 2048 pixels a side, and then also without the place where
 * it was taken. What the browser cannot read goes as it is, for the server may.
 * @param {Blob & {name?: string}} file
 * @returns {Promise<Photo>}
 */
export async function readyPhoto(file) {
  const name = file.name || "photo.jpg";
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return { blob: file, name, shown: false };
  const scale = LONGEST_SIDE / Math.max(bitmap.width, bitmap.height);
  const blob = scale >= 1 ? file : await shrunk(bitmap, scale);
  bitmap.close();
  return { blob, name, shown: true };
}

/**
 * What a source of pixels shows now, as a JPEG.
 * @param {CanvasImageSource} source
 * @param {number} width In pixels, of the result.
 * @param {number} height
 * @returns {Promise<Blob>}
 */
export function snapshot(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
}

function shrunk(bitmap, scale) {
  return snapshot(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
}
