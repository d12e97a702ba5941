import { useWords } from '../store/app.js'

const page = (http: string, socket: string): string =>
  `<script src="${http}/sdk/pulssi.min.js"></script>
<script>
  const pulse = pulssi.createPulse({ url: '${socket}', key: 'pk_shop' })
  pulse.enter('shop.home')
</script>`

const shell = (http: string): string =>
  `curl ${http}/v1/events -H 'Authorization: Bearer sk_desk' -H 'Content-Type: application/json' \\
  -d '{"events":[{"visitor":"v-1","at":'$(date +%s)'000,"kind":"enter","touchpoint":"shop.home"}]}'`

/** What to do where nothing has come yet, with this server's own address. */
export const Empty = () => {
  const words = useWords()
  const { origin } = location
  return (
    <section class="empty card" aria-labelledby="empty-title">
      <svg class="mark" viewBox="0 0 320 48" aria-hidden="true">
        <path d="M0 24h128l12-18 20 36 16-26 8 8h136" />
      </svg>
      <h2 id="empty-title">{words.empty.title}</h2>
      <p>{words.empty.text}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable */}
      <pre tabIndex={0}>
        <code>{page(origin, origin.replace(/^http/, 'ws'))}</code>
      </pre>
      <p>{words.empty.curl}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
      <pre tabIndex={0}>
        <code>{shell(origin)}</code>
      </pre>
    </section>
  )
}
