/** Small hands for the document. Texts from outside only ever become text nodes or attributes. */

/**
 * An element of the page by its id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * A copy of what a `<template>` holds.
 * @param {string} id Of the template.
 * @returns {HTMLElement} Its first element.
 */
export function fromTemplate(id) {
  return byId(id).content.firstElementChild.cloneNode(true);
}

/**
 * Writes texts into the parts of an element that are marked `data-field="name"`.
 * @param {HTMLElement} root
 * @param {Record<string, string>} texts By name.
 */
export function fill(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    root.querySelector(`[data-field="${name}"]`).textContent = text;
  }
}

/**
 * A new element.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node|string)} children Strings become text.
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A new SVG element.
 * @param {string} tag
 * @param {Record<string, string|number>} attributes
 * @returns {SVGElement}
 */
export function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
