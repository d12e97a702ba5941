/** An element whose class is also its part, and what is in it; strings are text whatever they look like. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  properties: Partial<HTMLElementTagNameMap[Name]> | null,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const made = Object.assign(document.createElement(name), properties, { className })
  made.part.value = className
  made.append(...content)
  return made
}

/** Draws a line in the colour of the text around it. */
const drawing = (path: string): SVGElement => {
  const make = (name: string, attribute: string, value: string) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name)
    made.setAttribute(attribute, value)
    return made as SVGElement
  }
  const picture = make('svg', 'viewBox', '0 0 24 24')
  picture.append(make('path', 'd', path))
  return picture
}

/** `mood`: −1 to 1 */
export const face = (mood: number): SVGElement =>
  drawing(`M2 12a10 10 0 1 1 0 .1M8 9v1M16 9v1M8 ${15.5 - 1.5 * mood}q4 ${5 * mood} 8 0`)

/** Up. */
export const thumb = (): SVGElement => drawing('M3 11h4v9H3zM7 11l4-8q3 0 2 6h7l-2 11H7')
