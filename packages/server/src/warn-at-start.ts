import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { findSharesAbove } from './partners/save-partner.ts'
import type { DatabaseReader } from './store/open-database.ts'
import { findExposures } from './store/private-file.ts'

/** Logs what works and should be different. What cannot work is refused by `loadConfig`. */
export async function warnAtStart(deps: {
  readonly config: Config
  readonly db: DatabaseReader
  readonly logger: Logger
}): Promise<void> {
  const { config, db, logger } = deps
  const { engine, location } = config.database
  if (engine === 'sqlite' && location !== ':memory:') {
    const exposures = findExposures(location)
    if (exposures.length > 0) logger.warn({ exposures }, 'others on this machine can read the store')
  }
  const partners = await findSharesAbove(db, config.shareBasisPointsMax)
  if (partners.length > 0) logger.warn({ partners }, 'partners have a referral rate above REFERRAL_RATE_MAX')
  if (config.isProduction && config.stripe !== null && /^(sk|rk)_test_/.test(config.stripe.secretKey))
    logger.warn(
      'STRIPE_SECRET_KEY is a key of Stripe’s test mode: live apps sell credits for no money. For trying things out use the test keys of your apps (oc_pk_test_…), and put sk_live_… here',
    )
  if (config.mail === null && !config.isSandbox)
    logger.warn('SMTP_URL is not set: sign-in codes cannot be mailed, so nobody can sign in')
}
