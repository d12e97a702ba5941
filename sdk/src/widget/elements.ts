/** An element whose class is also its part, and what is in it; strings are text whatever they look like. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  properties: Partial<HTMLElementTagNameMap[Name]> | null,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const made = Object.assign(document.createElement(name), properties, { className, part: className })
  made.append(...content)
  return made
}

/** Draws a line in the colour of the text around it. */
const drawing = (path: string): SVGElement => {
  const make = (name: 'svg' | 'path') => document.createElementNS('http://www.w3.org/2000/svg', name)
  const [picture, line] = [make('svg'), make('path')] as const
  line.setAttribute('d', path)
  picture.append(line)
  return picture
}

/** `height`: of the mood, 0 to 1. */
export const face = (height: number): SVGElement =>
  drawing(`M2 12a10 10 0 1 1 0 .1M8 8v2M16 8v2M8 15q4 ${10 * height - 5} 8 0`)

/** Up. */
export const thumb = (): SVGElement => drawing('M3 11v9h14l3-9h-7l-1-8-5 8z')
