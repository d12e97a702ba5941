import { Component, type ComponentChildren } from 'preact'
import { useWords } from '../store/app.js'

const Failed = ({ message }: { message: string }) => {
  const { failed } = useWords()
  return (
    <div class="notice" role="alert">
      <p>
        {failed.title}: <bdi>{message}</bdi>
      </p>
      <button type="button" onClick={() => location.reload()}>
        {failed.again}
      </button>
    </div>
  )
}

/** What fails while it is drawn takes its page along, not the head and not the connection. */
export class Boundary extends Component<{ children: ComponentChildren }, { message: string | null }> {
  override state = { message: null as string | null }

  static override getDerivedStateFromError(error: unknown): { message: string } {
    return { message: String(error) }
  }

  override render(): ComponentChildren {
    const { message } = this.state
    return message === null ? this.props.children : <Failed message={message} />
  }
}
