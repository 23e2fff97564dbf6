const timeoutMs = 10_000

/** Posts one signed event. @returns what the receiver answered, or 0 when it could not be reached or was too slow. */
export async function sendWebhook(url: string, body: string, signature: string, closing: AbortSignal): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signature,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
