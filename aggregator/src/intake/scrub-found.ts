/** What takes the place of something that was found in a text. */
export type Marker = '[email]' | '[phone]' | '[card]' | '[id]' | '[iban]' | '[number]'

/** A part of a folded text, end exclusive. */
export interface Found {
  readonly start: number
  readonly end: number
  readonly marker: Marker
}
