/** A custom property of the style sheet, such as `--accent`, as a colour that a canvas takes. */
export const colorOf = (property: `--${string}`, within: Element = document.body): string => {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  within.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
