import { useId } from 'preact/hooks'

interface ChoiceProps<Name extends string> {
  readonly label: string
  readonly names: readonly Name[]
  readonly textOf: (name: Name) => string
  readonly chosen: Name
  readonly choose: (name: Name) => void
}

/** One of a few, side by side. */
export const Choice = <Name extends string>({ label, names, textOf, chosen, choose }: ChoiceProps<Name>) => {
  const group = useId()
  return (
    <fieldset class="tp-choice">
      <legend class="hidden">{label}</legend>
      {names.map(name => (
        <label key={name}>
          <input type="radio" name={group} value={name} checked={name === chosen} onChange={() => choose(name)} />
          <span>{textOf(name)}</span>
        </label>
      ))}
    </fieldset>
  )
}
