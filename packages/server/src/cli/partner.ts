import { Command, Option } from '@commander-js/extra-typings'
import { loadPartner, type Partner } from '../partners/partner.ts'
import { createPartner, type PartnerTerms, updatePartner } from '../partners/save-partner.ts'
import { earningsCommand } from './partner-earnings.ts'
import {
  allowedModels,
  readColor,
  readEmail,
  readHttpsUrl,
  readModels,
  readName,
  readOrigin,
  readRate,
} from './partner-options.ts'
import { print, withStore } from './with-store.ts'

export function partnerCommand() {
  return new Command('partner')
    .description('sign up and manage the apps that sell credits')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(updateCommand())
    .addCommand(earningsCommand())
}

function createCommand() {
  return new Command('create')
    .description('sign up an app; its server key is shown once')
    .requiredOption('--name <name>', 'what its users see', readName)
    .requiredOption('--email <email>', 'of its maker', readEmail)
    .requiredOption('--referral-rate <rate>', 'its share on top of provider cost; 0.1 is 10 %', readRate)
    .option('--origin <origin>', 'where its pages live; repeat for several', readOrigin)
    .option('--models <ids>', 'the models that it may offer, separated by commas; default all', readModels)
    .option('--logo-url <url>', 'shown in the checkout', readHttpsUrl)
    .option('--accent-color <color>', 'of the checkout, #rrggbb', readColor)
    .option('--default-model <id>', 'the model that estimates are made for; default the one that is used most')
    .addOption(allowLocalhostOption())
    .option('--json', 'print JSON')
    .action(async (options) => {
      const created = await withStore(({ db, pepper, nowMs, shareBasisPointsMax }) =>
        createPartner(
          { db, pepper, shareBasisPointsMax },
          {
            name: options.name,
            email: options.email,
            shareBasisPoints: options.referralRate,
            allowedModels: allowedModels(options.models ?? 'all'),
            origins: options.origin ?? [],
            allowsLocalhost: options.allowLocalhost === 'yes',
            logoUrl: options.logoUrl ?? null,
            accentColor: options.accentColor ?? null,
            defaultModel: options.defaultModel ?? null,
            isActive: true,
          },
          nowMs,
        ),
      )
      print(options.json, { id: created.id, publishable_key: created.publishableKey, secret_key: created.secretKey }, [
        `partner          ${created.id}`,
        `publishable key  ${created.publishableKey}   (for the page)`,
        `server key       ${created.secretKey}   (secret; shown only now)`,
      ])
    })
}

function listCommand() {
  return new Command('list')
    .description('all apps')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const partners = await withStore(async ({ db }) => {
        const rows = await db
          .selectFrom('partners')
          .select('id')
          .where('kind', '=', 'app')
          .orderBy('created_at_ms')
          .execute()
        const loaded = await Promise.all(rows.map(({ id }) => loadPartner(db, 'id', id)))
        return loaded.filter((partner) => partner !== null)
      })
      print(
        options.json,
        partners.map(describe),
        partners.length === 0
          ? ['There is no partner yet.']
          : partners.map((one) => `${one.id}  ${one.publishableKey}  ${one.name}`),
      )
    })
}

function updateCommand() {
  return new Command('update')
    .description('change an app’s terms from now on')
    .argument('<id>', 'par_…')
    .option('--name <name>', 'what its users see', readName)
    .option('--email <email>', 'of its maker', readEmail)
    .option('--referral-rate <rate>', 'its share on top of provider cost', readRate)
    .option('--origin <origin>', 'one more place where its pages live; repeat for several', readOrigin)
    .option('--no-origins', 'remove all origins but those that --origin names')
    .addOption(allowLocalhostOption())
    .option('--models <ids>', 'the models that it may offer, separated by commas, or all', readModels)
    .option('--logo-url <url>', 'shown in the checkout', readHttpsUrl)
    .option('--accent-color <color>', 'of the checkout, #rrggbb', readColor)
    .option('--default-model <id>', 'the model that estimates are made for, or none for the one that is used most')
    .addOption(new Option('--active <yes|no>', 'whether it may sell and its keys may call').choices(['yes', 'no']))
    .option('--json', 'print JSON')
    .action(async (id, options) => {
      const partner = await withStore(async ({ db, nowMs, shareBasisPointsMax }) => {
        const before = await loadPartner(db, 'id', id)
        if (before === null) throw new Error(`There is no partner ${id}.`)
        const terms: PartnerTerms = {
          name: options.name ?? before.name,
          email: options.email ?? before.email,
          shareBasisPoints: options.referralRate ?? before.shareBasisPoints,
          allowedModels: options.models === undefined ? before.allowedModels : allowedModels(options.models),
          origins: [...(options.origins === false ? [] : before.origins), ...(options.origin ?? [])],
          allowsLocalhost:
            options.allowLocalhost === undefined ? before.allowsLocalhost : options.allowLocalhost === 'yes',
          logoUrl: options.logoUrl ?? before.logoUrl,
          accentColor: options.accentColor ?? before.accentColor,
          defaultModel: options.defaultModel === undefined ? before.defaultModel : namedModel(options.defaultModel),
          isActive: options.active === undefined ? before.isActive : options.active === 'yes',
        }
        await updatePartner({ db, shareBasisPointsMax }, id, terms, nowMs)
        return loadPartner(db, 'id', id)
      })
      if (partner !== null) print(options.json, describe(partner), [`${partner.id} is updated.`])
    })
}

function allowLocalhostOption() {
  return new Option(
    '--allow-localhost <yes|no>',
    'whether pages on http://localhost, 127.0.0.1 and [::1] may use it, at any port',
  ).choices(['yes', 'no'])
}

function describe(partner: Partner) {
  return {
    id: partner.id,
    name: partner.name,
    email: partner.email,
    publishable_key: partner.publishableKey,
    referral_rate: partner.shareBasisPoints / 10_000,
    models: partner.allowedModels,
    origins: partner.origins,
    allow_localhost: partner.allowsLocalhost,
    logo_url: partner.logoUrl,
    accent_color: partner.accentColor,
    default_model: partner.defaultModel,
    active: partner.isActive,
  }
}

/** Null: whichever is used most. */
function namedModel(text: string): string | null {
  return text === 'none' ? null : text
}
