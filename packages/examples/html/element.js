export const byId = (id) => document.getElementById(id)

/** Makes an element; texts are set as text, never as HTML: what a model writes is not to be trusted. */
export function make(name, { text, className, ...attributes } = {}, children = []) {
  const element = document.createElement(name)
  if (text !== undefined) element.textContent = text
  if (className !== undefined) element.className = className
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

const svgNamespace = 'http://www.w3.org/2000/svg'

/** The picture of a place. */
export function makeScene(place) {
  const svg = document.createElementNS(svgNamespace, 'svg')
  svg.setAttribute('viewBox', '0 0 200 120')
  svg.setAttribute('preserveAspectRatio', 'xMidYMid slice')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(svgNamespace, 'use')
  use.setAttribute('href', `#scene-${place.scene}`)
  svg.append(use)
  return svg
}
