import type { Motif, Tea } from './catalogue.js'

/** Each drawn around 120, 146, about 60 wide and high. */
const MOTIFS: Record<Motif, string> = {
  sprig:
    '<path d="M120 180q-2-30 0-62" fill="none" stroke-width="3"/>' +
    '<path d="M119 164q-26-2-30-24 26 0 30 24zM121 156q26-4 30-26-26 2-30 26zM120 132q-14-16 0-34 14 18 0 34z"/>',
  peaks:
    '<circle cx="142" cy="120" r="9"/><path d="M84 178l27-48 13 21 11-17 23 44z"/>' +
    '<path d="M92 178l19-20 12 12 8-8 14 16z" fill="#fbf5e9" opacity=".45"/>',
  orchid:
    '<path d="M120 144q-16-22 0-42 16 20 0 42zM118 146q-28 2-38-22 30-4 38 22zM122 146q28 2 38-22-30-4-38 22z' +
    'M118 150q-22 8-22 32 22-8 22-32zM122 150q22 8 22 32-22-8-22-32z"/><circle cx="120" cy="148" r="6" fill="#fbf5e9"/>',
  sun:
    '<circle cx="120" cy="146" r="17"/><g fill="none" stroke-width="4" stroke-linecap="round"><path d="' +
    'M120 108v12M120 172v12M82 146h12M146 146h12M93 119l9 9M138 164l9 9M147 119l-9 9M102 164l-9 9"/></g>',
  mint:
    '<path d="M120 184q-4-18 0-30" fill="none" stroke-width="3"/>' +
    '<path d="M120 152q-20-26 0-52 20 26 0 52zM116 158q-34 0-38-34 34 2 38 34zM124 158q34 0 38-34-34 2-38 34z"/>' +
    '<path d="M120 148v-34M112 152q-12-8-22-18M128 152q12-8 22-18" fill="none" stroke="#fbf5e9" stroke-width="2"/>',
  smoke:
    '<g fill="none" stroke-width="6" stroke-linecap="round"><path d="M98 182q-12-14 0-28t0-28 4-22"/>' +
    '<path d="M120 182q-12-16 0-32t0-32 4-22"/><path d="M142 182q-12-14 0-28t0-28 4-22"/></g>',
}

/** A tin of this tea as an SVG file. */
export function drawTin({ name, motif, colours: [tin, lid] }: Tea): string {
  const [first = name, rest = ''] = name.split(', ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 280"><title>${name}</title>
<ellipse cx="120" cy="262" rx="86" ry="9" opacity=".16"/>
<rect x="44" y="54" width="152" height="206" rx="14" fill="${tin}"/>
<path d="M58 54h18v206H58a14 14 0 0 1-14-14V68a14 14 0 0 1 14-14z" opacity=".14"/>
<rect x="178" y="72" width="8" height="176" rx="4" fill="#fff" opacity=".22"/>
<rect x="38" y="28" width="164" height="36" rx="9" fill="${lid}"/>
<rect x="38" y="54" width="164" height="4" opacity=".22"/>
<rect x="52" y="35" width="136" height="5" rx="2.500" fill="#fff" opacity=".22"/>
<rect x="62" y="86" width="116" height="152" rx="8" fill="#fbf5e9"/>
<rect x="67" y="91" width="106" height="142" rx="5" fill="none" stroke="${tin}" stroke-width="1.500"/>
<g fill="${tin}" stroke="${tin}" stroke-width="0">${MOTIFS[motif]}</g>
<g fill="${lid}" text-anchor="middle" font-family="Georgia, serif">
<text x="120" y="208" font-size="15" font-weight="700">${first}</text>
<text x="120" y="224" font-size="11">${rest === '' ? '100 g' : `${rest} · 100 g`}</text></g></svg>
`
}
