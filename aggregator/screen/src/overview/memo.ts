import { Component, type ComponentChildren, createElement, type FunctionComponent } from 'preact'

/** Draws a component anew only when one of its properties is another one. */
export const memo = <Props extends object>(Inner: FunctionComponent<Props>): FunctionComponent<Props> => {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const before = this.props as Readonly<Props>
      return (Object.keys(next) as (keyof Props)[]).some(key => next[key] !== before[key])
    }
    override render(): ComponentChildren {
      return createElement(Inner, this.props as Props)
    }
  }
  return Memo as unknown as FunctionComponent<Props>
}
