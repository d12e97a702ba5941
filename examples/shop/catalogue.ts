/** What is drawn on a tin. */
export type Motif = 'sprig' | 'peaks' | 'orchid' | 'sun' | 'mint' | 'smoke'

export interface Tea {
  readonly name: string
  readonly garden: string
  /** A few words for the shelf. */
  readonly taste: string
  readonly story: string
  /** Of a tin of 100 g, in euros. */
  readonly price: number
  readonly waterCelsius: number
  readonly steep: string
  readonly caffeine: string
  readonly motif: Motif
  /** Of the tin and of its lid. */
  readonly colours: readonly [tin: string, lid: string]
}

/** By the name that it has in addresses. The first one is this week's. */
export const TEAS: ReadonlyMap<string, Tea> = new Map([
  [
    'darjeeling',
    {
      name: 'Darjeeling, first flush',
      garden: 'Mim Ridge · 1,900 m · picked in the second week of April',
      taste: 'apricot, young almond',
      story: 'Apricot, young almond, a long clear finish. The first leaves after the winter, rolled the same night.',
      price: 19,
      waterCelsius: 85,
      steep: '3 min',
      caffeine: 'medium',
      motif: 'peaks',
      colours: ['#b98432', '#8a5f1e'],
    },
  ],
  [
    'sencha',
    {
      name: 'Sencha, spring',
      garden: 'Kirishima Slope · 420 m · picked in the last week of April',
      taste: 'cut grass, sea air',
      story: 'Cut grass, sea air, a little sweetness at the end. Steamed within the hour and rolled into needles.',
      price: 17,
      waterCelsius: 70,
      steep: '90 s',
      caffeine: 'medium',
      motif: 'sprig',
      colours: ['#5f8a4e', '#41663a'],
    },
  ],
  [
    'oolong',
    {
      name: 'Amber oolong',
      garden: 'Dong Ding Terraces · 760 m · picked in May',
      taste: 'roasted nut, orchid',
      story: 'Roasted nut first, orchid later. Good for five cups from the same leaves, each another tea.',
      price: 22,
      waterCelsius: 95,
      steep: '4 min',
      caffeine: 'medium',
      motif: 'orchid',
      colours: ['#a4553a', '#7b3b27'],
    },
  ],
  [
    'assam',
    {
      name: 'Assam, second flush',
      garden: 'Dikhow Bank · 90 m · picked in June',
      taste: 'malt, dark honey',
      story: 'Malt and dark honey, strong enough for milk. What a morning needs.',
      price: 14,
      waterCelsius: 95,
      steep: '4 min',
      caffeine: 'high',
      motif: 'sun',
      colours: ['#8c3b3b', '#662727'],
    },
  ],
  [
    'mint',
    {
      name: 'Garden mint',
      garden: 'Haapa Farm · 60 m · picked in July',
      taste: 'cool, bright, green',
      story: 'Whole leaves, cool and bright. For after dinner, and for whoever should be asleep soon.',
      price: 16,
      waterCelsius: 100,
      steep: '6 min',
      caffeine: 'none',
      motif: 'mint',
      colours: ['#2f7a72', '#1f5853'],
    },
  ],
  [
    'pine',
    {
      name: 'Pine smoke',
      garden: 'Tong Mu Valley · 1,100 m · dried over pine in August',
      taste: 'campfire, dried plum',
      story: 'A campfire by a lake, dried plum beneath. Some love it at once, some after the third cup.',
      price: 22,
      waterCelsius: 95,
      steep: '3 min',
      caffeine: 'medium',
      motif: 'smoke',
      colours: ['#4a5568', '#323b4a'],
    },
  ],
])

/** As many tins as one order may have. */
export const TINS = 6
