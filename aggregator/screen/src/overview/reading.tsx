import { useWords } from '../store/app.js'

export const Reading = () => {
  const { reading, table } = useWords()
  return (
    <section class="reading" aria-labelledby="reading-title">
      <h2 id="reading-title">{reading.title}</h2>
      <p>{reading.windows}</p>
      <p>{reading.believed}</p>
      <p>{reading.line}</p>
      <p>{reading.answers}</p>
      <p>{reading.visits}</p>
      <p>{table.help}</p>
    </section>
  )
}
