import { type DecidedTheme, palette } from '@opencredits/protocol'
import type Stripe from 'stripe'
import type { SessionBranding } from '../payments.ts'

/**
 * How Stripe's form is to look: on the checkout's own background, with the app's colour and logo. Stripe picks the colour
 * of the words on both by itself. https://docs.stripe.com/payments/checkout/customization/appearance
 */
export function brandingSettings(
  appName: string,
  branding: SessionBranding,
): Stripe.Checkout.SessionCreateParams.BrandingSettings {
  const { theme } = branding
  const button = branding.accentColor ?? accentOf(theme)
  return {
    display_name: appName,
    border_style: 'rounded',
    ...(theme === null ? {} : { background_color: palette[theme].paper }),
    ...(button === null ? {} : { button_color: button }),
    // Stripe fetches it itself, so it has to be reachable for everybody; the app's registration takes https only.
    ...(branding.logoUrl === null ? {} : { icon: { type: 'url', url: branding.logoUrl } }),
  }
}

function accentOf(theme: DecidedTheme | null): string | null {
  return theme === null ? null : palette[theme].accent
}
