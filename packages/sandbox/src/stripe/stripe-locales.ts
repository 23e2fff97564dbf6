/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-locale. Others are refused; there is no Arabic. */
export const stripeLocales: readonly string[] =
  'auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(
    ' ',
  )
