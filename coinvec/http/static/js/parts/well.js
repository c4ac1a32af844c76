/** The place of one photo: empty, or the photo with the outline of what was found in it. */

import { readyPhoto } from "../lib/photo.js";
import { clearOutline, drawOutline } from "./outline.js";

/** One side's place in the tray. */
export class Well {
  /**
   * @param {HTMLElement} figure
   * @param {() => void} onRemove Called when a person takes the photo away.
   */
  constructor(figure, onRemove) {
    this.figure = figure;
    this.photo = null;
    this.image = figure.querySelector(".photo");
    this.drawing = figure.querySelector(".outline");
    this.caption = figure.querySelector("figcaption");
    this.emptyCaption = [...this.caption.childNodes];
    this.button = figure.querySelector(".remove");
    this.button.addEventListener("click", () => {
      this.clear();
      onRemove();
    });
  }

  /** @param {Blob} file The photo to keep here from now on. */
  async put(file) {
    const photo = await readyPhoto(file);
    this.clear();
    this.photo = photo;
    this.image.src = photo.shown ? URL.createObjectURL(photo.blob) : "";
    if (photo.shown) await this.image.decode();
    this.#showState();
  }

  /** Empties the place. */
  clear() {
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    this.image.removeAttribute("src");
    this.photo = null;
    clearOutline(this.drawing);
    this.#showState();
  }

  /** @param {Array<object>} coins What was found in this photo; see `coins_in_picture`. */
  outline(coins) {
    if (!this.photo?.shown) return;
    const { naturalWidth: width, naturalHeight: height } = this.image;
    drawOutline(this.drawing, { width, height }, coins);
  }

  #showState() {
    const { photo } = this;
    this.figure.toggleAttribute("data-empty", !photo?.shown);
    this.figure.querySelector(".picture").hidden = !photo?.shown;
    this.button.hidden = photo === null;
    if (photo === null) this.caption.replaceChildren(...this.emptyCaption);
    else this.caption.textContent = photo.shown ? "" : photo.name;
  }
}
