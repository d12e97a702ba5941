/** A visitor's page in a frame of a given width, made smaller where there is less room. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { play, type Scene } from './play.js'

export const WIDTHS = [320, 768, 1440] as const
export type Width = (typeof WIDTHS)[number]

const HEIGHTS: Readonly<Record<Width, number>> = { 320: 568, 768: 640, 1440: 720 }

interface VisitorProps {
  /** The document, before it is dressed. */
  readonly page: string
  readonly scene: Scene
  readonly width: Width
  readonly label: string
  readonly onMissing: () => void
}

export const Visitor = ({ page, scene, width, label, onMissing }: VisitorProps) => {
  const box = useRef<HTMLDivElement>(null)
  const frame = useRef<HTMLIFrameElement>(null)
  const [scale, setScale] = useState(1)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return
    const fit = (): void => setScale(Math.min(1, current.clientWidth / width))
    const observer = new ResizeObserver(fit)
    observer.observe(current)
    fit()
    return () => observer.disconnect()
  }, [width])
  const begin = (): void => {
    const view = frame.current?.contentWindow
    if (view && !play(view, scene)) onMissing()
  }
  const height = HEIGHTS[width]
  return (
    <div class="stage" ref={box} style={{ height: `${Math.ceil(height * scale)}px` }}>
      <iframe
        ref={frame}
        title={label}
        srcdoc={page}
        onLoad={begin}
        style={{ width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` }}
      />
    </div>
  )
}
