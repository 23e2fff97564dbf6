import type { Piece } from './tokens.ts'

/**
 * What the stand-in says when it is asked to plan a trip or to write a postcard, as the example apps ask. A demo has to
 * read like a product; the words are prepared, the tokens and everything that is charged for them are true.
 */
export function writeAboutTravel(words: string): string | null {
  const plan = /\bPlan (\d{1,2}) days in ([\p{L}' -]{2,40})(, hour by hour)?\./u.exec(words)
  if (plan !== null) {
    const [, days = '1', city = '', hourly] = plan
    return planTrip({ city, days: Number(days), isHourly: hourly !== undefined, wish: wishIn(words) })
  }
  const [, city] = /\bWrite a postcard from ([\p{L}' -]{2,40})\./u.exec(words) ?? []
  return city === undefined ? null : writePostcard(city, wishIn(words))
}

interface Trip {
  readonly city: string
  readonly days: number
  readonly isHourly: boolean
  readonly wish: string | null
}

/** Three parts of a day in one quarter of the town. */
type Quarter = readonly [name: string, morning: string, afternoon: string, evening: string]

const quarters: Readonly<Record<string, readonly Quarter[]>> = {
  Lisbon: [
    [
      'Alfama, before it wakes',
      'Take tram 28 two stops, then get off and walk. Coffee and a still-warm pastel de nata at the counter.',
      'Up to Miradouro da Graça for the whole city at once; the pine trees keep the sun off.',
      'Grilled sardines on a paper tablecloth, and fado two doors down, from the kitchen rather than a stage.',
    ],
    [
      'Belém and the wide river',
      'Be at the monastery when it opens and have the cloister to yourself for ten minutes.',
      'Follow the water to MAAT and climb its roof; it is free and it is the best bench in town.',
      'Ferry to Cacilhas for clams by the ramp, and back with the lights on the bridge.',
    ],
    [
      'Estrela, Príncipe Real, no hurry',
      'A kiosk in Jardim da Estrela, a second coffee, the band if it is Sunday.',
      'Small shops along Rua da Escola Politécnica, then the botanical garden behind its modest gate.',
      'Petiscos at a shared table: green beans in batter, black pork, a glass of something from Dão.',
    ],
  ],
  Kyoto: [
    [
      'Higashiyama in the morning light',
      'Fushimi Inari at six: the gates are orange, the air is blue, and nobody is in the picture.',
      'Down the slopes of Sannenzaka to a tea house with three tables and one kind of sweet.',
      'Pontochō by lantern light; sit at the counter and let the cook decide.',
    ],
    [
      'Moss, stone, water',
      'Rent a bicycle and ride the canal north. The Philosopher’s Path is best before the shops open.',
      'Hōnen-in for the moss, Nanzen-ji for the aqueduct, udon in between.',
      'A public bath in an old theatre, then a cold beer from the machine outside.',
    ],
    [
      'West to Arashiyama',
      'The bamboo first, fifteen minutes, then keep walking to Gio-ji, which is greener and empty.',
      'Tofu lunch by the river, and the slow train up the gorge.',
      'Nishiki market as it closes: skewers, pickles, and a paper bag of roasted tea to take home.',
    ],
  ],
  Oaxaca: [
    [
      'The centre, corner by corner',
      'Hot chocolate with bread for dipping in Mercado 20 de Noviembre, at the bench, not the table.',
      'Santo Domingo and its garden of agaves; go with the noon tour and stand in the shade of a cactus.',
      'Tlayudas from the charcoal on Libres street. Order one, then see whether you still speak.',
    ],
    [
      'Monte Albán and mezcal',
      'First bus up the hill. The plaza is enormous, the wind does the talking.',
      'A palenque in Matatlán: roasted agave, a horse and a stone, and three small glasses.',
      'Mole negro on a roof terrace while the church bells disagree about the time.',
    ],
    [
      'Weavers and still water',
      'Teotitlán del Valle, where the red is an insect and the blue is a plant. Ask to see the pot.',
      'Hierve el Agua: a swim at the edge of a waterfall that turned to stone.',
      'Back for a film in the courtyard, with popcorn that has chilli and lime on it.',
    ],
  ],
  Tromsø: [
    [
      'Harbour and first light',
      'Cinnamon bun at the wharf, then the Polar Museum, creaking like the ship it remembers.',
      'Cable car to Storsteinen. The town is a string of lamps between two mountains.',
      'Wait for the aurora at Telegrafbukta, with a thermos. If it comes, it comes from the north-east.',
    ],
    [
      'Kvaløya, by the quiet road',
      'Drive west until the radio gives up. Reindeer have the right of way, and know it.',
      'Fish soup in Sommarøy on white sand that looks Caribbean and is not.',
      'A sauna that floats in the harbour, a ladder into the sea, a very loud ten seconds.',
    ],
    [
      'Snow underfoot',
      'Borrow skis and follow the lit trail across the island; everybody does, in every condition.',
      'The Arctic Cathedral when the sun comes in flat, then a nap, which is also local custom.',
      'Stockfish, potatoes, butter. Then a concert in a bar that used to be a bank.',
    ],
  ],
}

function quartersOf(city: string): readonly Quarter[] {
  return (
    quarters[city] ?? [
      [
        `The old heart of ${city}`,
        'Start where the market is, with whatever the stall with the longest queue is selling.',
        'Walk without a map until you are lost once; the way back is the sightseeing.',
        'Eat where the menu is short and handwritten, and stay for the second glass.',
      ],
      [
        `${city} by the water`,
        'Breakfast outdoors, a book you do not open, the town going to work around you.',
        'The big museum, but only one floor of it, and the café with the view.',
        'The hill or the tower at sunset, then music somewhere small.',
      ],
    ]
  )
}

function planTrip({ city, days, isHourly, wish }: Trip): string {
  const known = quartersOf(city)
  const opening = `## ${days} days in ${city}\n\n${wish === null ? 'One quarter a day, so there is time to sit down.' : `You asked for: ${wish}. So one quarter a day, with room to change your mind.`}`
  const parts = Array.from({ length: days }, (_, index) => {
    const [name, morning, afternoon, evening] = known[index % known.length] ?? ['', '', '', '']
    const again = index < known.length ? '' : ', once more and slower'
    const day = `### Day ${index + 1} · ${name}${again}\n\n**Morning** ${morning}\n\n**Afternoon** ${afternoon}\n\n**Evening** ${evening}`
    return isHourly ? `${day}\n\n${hoursOf(index)}` : day
  })
  return [opening, ...parts, closing].join('\n\n')
}

const closing =
  '**Pack lightly.** Good shoes, one layer more than you think, and an empty afternoon. (This is the sandbox: the words were prepared, but every token was counted and paid for.)'

const hours: readonly (readonly [hour: string, ideas: readonly string[]])[] = [
  ['07:30', ['Up early; the bakery on the corner has just opened its shutters.', 'Sleep in a little, windows open.']],
  ['09:00', ['A slow walk on the shady side of the street.', 'A bus ride to the last stop, just to see it.']],
  ['11:00', ['Second coffee, postcards, people going by.', 'The small museum that nobody recommends.']],
  ['13:00', ['Lunch where the workers eat: the dish of the day, water, bread.', 'A picnic from the market, on steps.']],
  ['15:00', ['Siesta, or a book that counts as one.', 'A swim, a garden, or at least a bench under a tree.']],
  ['17:30', ['Look for something made by hand, and talk to who made it.', 'The view at the end of the tram line.']],
  [
    '20:00',
    ['Dinner, late and long; share three plates instead of ordering two.', 'A table outside, whatever is in season.'],
  ],
  ['22:00', ['Music if there is any, a walk home if there is not.', 'One last look at the water, then bed.']],
]

function hoursOf(index: number): string {
  return hours.map(([hour, ideas]) => `**${hour}** ${ideas[index % ideas.length]}`).join('\n\n')
}

function writePostcard(city: string, wish: string | null): string {
  const [name, morning, , evening] = quartersOf(city)[0] ?? ['', '', '', '']
  return `Greetings from ${city}!\n\n${name}: that is where I am writing this. ${morning} You would have laughed.\n\n${evening} I kept a chair free for you.${wish === null ? '' : ` And yes, as promised: ${wish}.`}\n\nHome soon, a little sunburnt, mostly happy.`
}

/** What the traveller adds in words of their own. */
function wishIn(words: string): string | null {
  return /\bWishes: (.{1,200}?)\.?$/u.exec(words.trim())?.[1] ?? null
}

/** A long plan comes in fewer, larger chunks, as from a fast model: nobody waits two minutes for a demo. */
export function joinIntoChunks(pieces: readonly Piece[], chunksMax: number): readonly Piece[] {
  const size = Math.ceil(pieces.length / chunksMax)
  if (size <= 1) return pieces
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, index) => {
    const joined = pieces.slice(index * size, (index + 1) * size)
    return {
      text: joined.map(({ text }) => text).join(''),
      tokens: joined.reduce((sum, { tokens }) => sum + tokens, 0),
    }
  })
}
