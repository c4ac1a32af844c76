/** The live view: what the camera sees, and a button that takes it. */

import { byId } from "../lib/dom.js";
import { snapshot } from "../lib/photo.js";

const WANTED = { video: { facingMode: "environment", width: { ideal: 1920 } }, audio: false };

/**
 * Shows the live view until a photo is taken or the view is closed.
 * @returns {Promise<Blob|null>} The photo; null where a person closed the view.
 * @throws {Error} There is no camera, or this page may not use it; `hint` says what to do.
 */
export async function takeLivePhoto() {
  const stream = await openCamera();
  const dialog = byId("camera");
  const video = byId("viewfinder");
  video.srcObject = stream;
  dialog.showModal();
  try {
    await video.play();
    const taken = await released(dialog);
    return taken ? await snapshot(video, video.videoWidth, video.videoHeight) : null;
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    dialog.close();
  }
}

async function openCamera() {
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch {
    // Outside HTTPS and localhost, browsers have no mediaDevices at all.
    throw Object.assign(new Error("This page cannot use the camera for a live view."), {
      hint: "Allow it for this page (which needs HTTPS), or take a photo instead.",
    });
  }
}

/** Resolves with true when the shutter is released, with false when the view is closed. */
function released(dialog) {
  return new Promise((resolve) => {
    byId("release").onclick = () => resolve(true);
    byId("camera-close").onclick = () => resolve(false);
    dialog.oncancel = () => resolve(false);
    byId("release").focus();
  });
}
