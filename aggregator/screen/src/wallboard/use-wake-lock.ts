import { useEffect } from 'preact/hooks'

/** Keeps the display on while the page is shown, where the browser can. */
export const useWakeLock = (): void => {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null
    let isOver = false
    const take = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
      try {
        const taken = await navigator.wakeLock.request('screen')
        if (isOver) await taken.release()
        else lock = taken
      } catch {
        // On low battery or without leave the display sleeps when it likes.
      }
    }
    const look = (): void => void take()
    // The browser takes the lock away with the page's visibility.
    document.addEventListener('visibilitychange', look)
    look()
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', look)
      void lock?.release()
    }
  }, [])
}
