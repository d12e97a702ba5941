/**
 * Colours are the browser's own for light and dark, so that forced colours hold too. The page's rules end at the shadow
 * root; what would be inherited is set back, and a card lies above all in the top layer, pushed into its corner by a
 * margin. Options share a row as far as each has room.
 */
export const STYLE = `
.card {
  all: initial;
  display: block;
  max-width: 25em;
  padding: 16px;
  overflow: auto;
  overflow-wrap: anywhere;
  font: medium/1.4 var(--pulssi-font, system-ui, sans-serif);
  color-scheme: var(--pulssi-theme, light dark);
  color: var(--pulssi-color, CanvasText);
  background: var(--pulssi-background, Canvas);
}
.card, button, .text, .link {
  box-sizing: border-box;
  border: 1px solid #8888;
  border-radius: var(--pulssi-radius, 14px);
}
.over {
  position: fixed;
  z-index: 9999;
  inset: auto 16px 16px;
  margin-inline-start: auto;
  max-height: 90%;
}
.away { margin-inline: 0 auto }
.title { margin-top: 0; padding-inline-end: 32px; font-weight: 600 }
.options, .ends { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px }
button, .text, .link {
  min-width: 44px;
  min-height: 44px;
  padding: 8px;
  font: inherit;
  color: inherit;
  background: none;
}
.option:hover { background: #8883 }
:focus-visible { outline: 3px solid var(--pulssi-accent, #3a6ee8) }
.option, .text { flex: 1 }
.emotion * { flex-basis: 30% }
.choice * { flex-basis: 100% }
.emotion, .ends { font-size: 13px }
svg { display: block; width: 24px; height: 24px; margin: auto; fill: none; stroke: currentColor; stroke-width: 2 }
.thumb>:first-child { scale: -1 }
.send { color: #fff; background: var(--pulssi-accent, #3a6ee8) }
.undo, .link { padding: 8px 0; border: 0; text-decoration: underline }
.close { position: absolute; top: 0; inset-inline-end: 0; border: 0; font-size: 24px }
@media (width<481px) {
  .over { inset: auto 0 0; max-width: none }
  .away { inset: 0 0 auto }
  .ces * { flex-basis: 23% }
}
`
