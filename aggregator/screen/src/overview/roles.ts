/** The roles of a table's parts, told outright: browsers forget them where it is laid out as cards. */
export const TABLE = { role: 'table' } as const
export const GROUP = { role: 'rowgroup' } as const
export const ROW = { role: 'row' } as const
export const HEAD = { role: 'columnheader' } as const
export const ROW_HEAD = { role: 'rowheader' } as const
export const CELL = { role: 'cell' } as const
/** Room for rows that aren't drawn: nothing that anybody should be told of. */
export const UNSEEN = { 'aria-hidden': true } as const
