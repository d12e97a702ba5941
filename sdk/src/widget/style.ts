/**
 * Colours are the browser's own for light and dark, so that forced colours hold too. The page's rules end at the shadow
 * root; what would be inherited is set back, and a card lies above all in the top layer. Options share a row as far as
 * each has room: numbers up to 7 stand in one, or in two of 4 and 3.
 */
const STYLE = `
.card {
  all: initial;
  display: block;
  box-sizing: border-box;
  position: relative;
  max-width: 25em;
  padding: 16px;
  overflow: auto;
  overflow-wrap: anywhere;
  font: medium/1.4 var(--pulssi-font, system-ui, sans-serif);
  color-scheme: var(--pulssi-theme, light dark);
  color: var(--pulssi-color, CanvasText);
  background: var(--pulssi-background, Canvas);
  border: 1px solid #8888;
  border-radius: var(--pulssi-radius, 14px);
}
.over {
  position: fixed;
  z-index: 9999;
  inset: auto;
  inset-inline-end: 16px;
  bottom: 16px;
  width: calc(100% - 32px);
  max-height: calc(100% - 32px);
  box-shadow: 0 8px 32px #0003;
}
.away { inset-inline: 16px auto }
.title { margin: 0 0 12px; padding-inline-end: 32px; outline: 0; font-weight: 600 }
.options, .ends { display: flex; flex-wrap: wrap; gap: 4px }
button, .text, .link {
  box-sizing: border-box;
  min-width: 44px;
  min-height: 44px;
  padding: 8px;
  font: inherit;
  color: inherit;
  background: none;
  border: 1px solid #8888;
  border-radius: 10px;
}
button:hover { background: #8883 }
:focus-visible { outline: 3px solid var(--pulssi-accent, #3a6ee8) }
.option, .text { flex: 1 0 44px }
.nps * { flex-basis: 14% }
.ces * { flex-basis: min(23%, max(44px, (332px - 100%)*9)) }
.emotion * { flex-basis: 30%; font-size: 12px }
.choice * { flex-basis: 100%; text-align: start }
svg { display: block; width: 28px; margin: auto; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round }
.thumb > :first-child { transform: scaleY(-1) }
.send { color: #fff; background: var(--pulssi-accent, #3a6ee8) }
.ends { justify-content: space-between; font-size: 14px }
.undo, .link, .close { padding: 8px 0; border: 0; text-decoration: underline }
.close { position: absolute; top: 2px; inset-inline-end: 4px; font-size: 24px; text-decoration: none }
@media (max-width: 480px) {
  .over { inset: auto 0 0; width: auto; max-width: none }
  .away { inset: 0 0 auto }
}
`

let sheet: CSSStyleSheet | undefined

/** A policy that allows no styles in the page still allows sheets that a script makes. */
export const addStyle = (root: ShadowRoot): void => {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
  }
  root.adoptedStyleSheets = [sheet]
}
