/** Colours of the charts, from the style sheet. */
import { useEffect, useState } from 'preact/hooks'
import { colorOf } from '../parts/color.js'
import { useApp } from '../store/app.js'
import { useCell } from '../store/use-cell.js'

export interface Palette {
  readonly line: string
  readonly band: string
  readonly count: string
  readonly grid: string
  readonly text: string
  readonly baseline: string
}

const paletteNow = (): Palette => ({
  line: colorOf('--tp-line'),
  band: colorOf('--tp-band'),
  count: colorOf('--tp-count'),
  grid: colorOf('--tp-grid'),
  text: colorOf('--tp-text'),
  baseline: colorOf('--tp-baseline'),
})

/** What may change colours without a change of this page. */
const QUERIES = ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-contrast: more)']

/** null until the page is there. */
export const usePalette = (): Palette | null => {
  const theme = useCell(useApp().look.theme)
  const [palette, setPalette] = useState<Palette | null>(null)
  useEffect(() => {
    const read = (): void => setPalette(paletteNow())
    const queries = QUERIES.map(query => matchMedia(query))
    for (const query of queries) query.addEventListener('change', read)
    read()
    return () => {
      for (const query of queries) query.removeEventListener('change', read)
    }
  }, [theme])
  return palette
}
