/** What is shown, as a file: the server writes it, the browser keeps it. */
import type { History } from '@pulssi/protocol/client'
import { useState } from 'preact/hooks'
import { useApp } from '../store/app.js'
import { fileNameOf } from './ranges.js'
import { useTouchpointWords } from './words.js'

/** `failed`: with the server's reason. */
type Download = { readonly state: 'idle' | 'busy' } | { readonly state: 'failed'; readonly message: string }

/** A file of this tab's memory, handed to the browser as a download. */
const hand = (text: string, name: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken the address when the click returns, the bytes a little later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

type Stretch = Pick<History, 'step' | 'zone' | 'from' | 'to'>

export const CsvButton = ({ touchpoint, step, zone, from, to }: { touchpoint: string } & Stretch) => {
  const words = useTouchpointWords()
  const { api } = useApp().link
  const [download, setDownload] = useState<Download>({ state: 'idle' })
  const start = async (): Promise<void> => {
    setDownload({ state: 'busy' })
    try {
      const text = await api.text('/v1/history', { touchpoint, step, zone, from, to, format: 'csv' })
      hand(text, fileNameOf(touchpoint, step, zone, from, to))
      setDownload({ state: 'idle' })
    } catch (error) {
      setDownload({ state: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }
  const isBusy = download.state === 'busy'
  return (
    <>
      <button type="button" class="tp-button" aria-disabled={isBusy} onClick={() => !isBusy && void start()}>
        {isBusy ? words.downloading : words.download}
      </button>
      {download.state === 'failed' && (
        <span class="tp-note tp-warn" role="alert">
          {words.downloadFailed(download.message)}
        </span>
      )}
    </>
  )
}
