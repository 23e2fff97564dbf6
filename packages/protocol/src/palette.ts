/** The checkout's own colours, which Stripe's form is asked to take too, so that the two look like one page. */
export const palette = {
  light: { paper: '#ffffff', accent: '#4338ca' },
  dark: { paper: '#16181d', accent: '#a5a0ff' },
} as const

/** A theme that has been decided: `auto` is not one. */
export type DecidedTheme = keyof typeof palette
