/** The screen: head, what is wrong with the connection, and the page that the address names. */
import { useEffect } from 'preact/hooks'
import { Overview } from './overview/overview.js'
import { Announcer } from './parts/announcer.js'
import { Boundary } from './parts/boundary.js'
import { Header } from './parts/header.js'
import { Notices } from './parts/notices.js'
import { TokenForm } from './parts/token-form.js'
import { type App as AppParts, AppProvider, useApp, useWords } from './store/app.js'
import { hrefOf } from './store/route.js'
import { useCell } from './store/use-cell.js'
import { TouchpointView } from './touchpoint/index.js'
import { Wallboard } from './wallboard/wallboard.js'

/** What the document as a whole says: title, state for the style sheet. */
const useDocument = (): void => {
  const { link, incidents, route } = useApp()
  const { state } = useCell(link.state)
  const project = useCell(link.project)
  const open = useCell(incidents).length
  const { page } = useCell(route)
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ''}${project ? `${project.project} · ` : ''}Pulssi`
  }, [open, project])
  useEffect(() => {
    document.documentElement.setAttribute('data-state', state)
    document.documentElement.setAttribute('data-page', page)
  }, [state, page])
}

const Page = () => {
  const { route, link } = useApp()
  const shown = useCell(route)
  const { state } = useCell(link.state)
  if (state === 'asking') return <TokenForm />
  switch (shown.page) {
    case 'overview':
      return <Overview />
    case 'wallboard':
      return <Wallboard />
    case 'touchpoint':
      return <TouchpointView key={shown.name} name={shown.name} />
    default:
      return shown satisfies never
  }
}

/** Esc leads back from a touchpoint, unless something in it took the key. */
const useEscape = (): void => {
  const { route } = useApp()
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || route.value.page === 'overview') return
      location.hash = hrefOf({ page: 'overview' })
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [route])
}

const Frame = () => {
  const words = useWords()
  const { route } = useApp()
  const shown = useCell(route)
  const isWall = shown.page === 'wallboard'
  useDocument()
  useEscape()
  // No link: the hash is the address of a page here.
  const skip = (): void => {
    const target = document.getElementById('touchpoints') ?? document.getElementById('main')
    target?.focus()
  }
  return (
    <>
      {!isWall && (
        <button type="button" class="skip" onClick={skip}>
          {words.skip}
        </button>
      )}
      {!isWall && <Header />}
      <main id="main" tabIndex={-1}>
        <Notices />
        <Boundary key={hrefOf(shown)}>
          <Page />
        </Boundary>
      </main>
      <Announcer />
    </>
  )
}

export const App = ({ parts }: { parts: AppParts }) => (
  <AppProvider value={parts}>
    <Frame />
  </AppProvider>
)
